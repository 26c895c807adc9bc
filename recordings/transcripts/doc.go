// Package transcripts keeps what was said on calls as Twilio's real-time transcription wrote it down, with private
// numbers masked before anything is stored. Store is its main type. It hears Twilio's events in any order and any number
// of times, shows a call's transcriptions as one transcript with the gaps of payments in it, and deletes it when the
// project's rules say so.
//
// A number may be spoken over several lines, so digits of the last lines are kept from the database until nothing can
// come that makes them a part of a private one; meanwhile "[4 digits]" stands for them, and stays where the process that
// knew them ended. Partial results are never kept. https://www.twilio.com/docs/voice/twiml/transcription
//
// It must not know flows, sessions or payments: what it has to know of a call is told to it. It logs no word of what
// was said.
package transcripts
