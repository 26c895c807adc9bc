// Package redact masks private numbers in what was said on a call, as a machine wrote it down: card numbers, security
// codes, expiry dates, bank accounts and the numbers of people, typed ("4242 4242 ...") and spoken ("four two four
// two", "double four", "quarante-deux", "zweiundvierzig"). Text does it for one text; Lines for the lines of a call,
// where a number may go over several of them and a question of one side tells what the answer of the other is.
//
// It is pure. How numbers are said is a table for each language; an unknown language is read as English. Speech
// recognition makes mistakes, so a long run of digits is masked whether or not its check digit is right: what is
// masked by mistake is lost, what is kept by mistake is a breach.
//
// It must not know calls, stores or Twilio, and it never hands out a digit that it has masked.
package redact
