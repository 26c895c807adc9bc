// Package doctor looks at one installation before calls come, and says of each thing whether it is sound, and how to
// mend it where it is not: settings, the project and what PCI Mode forbids, Redis, the database, the archive, and the
// account at Twilio. Examine is its main function; it hands over one Finding after the other.
//
// It changes nothing but a small file that it writes into the archive and deletes again. It must not know how findings
// are shown. What cannot be found out from here, such as whether PCI Mode is on, it says so, with where to look.
package doctor
