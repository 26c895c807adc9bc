// Package contacts reads contact lists: CSV files as spreadsheets and other systems write them. Read is its main
// function; it hands over one Row for each person that a campaign may ring, and one Reject for every other row, with
// what was expected, what was found and how to mend it.
//
// A list is streamed: whatever its size, what is held is one row, two sets of hashes to know duplicates by, and
// tables of fixed size. The package must not know the database, the rule books' judgement, or how a call is made.
package contacts
