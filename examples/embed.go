// Package examples carries the ready projects that ship inside the binary: the bill payment line that
// `paydial dev` rings in an empty directory, the donation line, the renewals campaign, and the files that `paydial new`
// writes. BillPayment, Donation and Renewals give them as file systems rooted at their paydial.yaml; New makes a Project,
// the files of a new one.
//
// It must not know how a project is read: the files are for flows to load, and its own tests do so.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed bill-payment donation renewals new
var files embed.FS

// BillPayment is the demo line, Acme Energy: press 1 for English, account 12345678, press 1 to pay.
func BillPayment() fs.FS { return sub("bill-payment") }

// Donation is a line that needs no other system.
func Donation() fs.FS { return sub("donation") }

// Renewals rings members whose plan ends: a campaign with its list, and the flow it takes people to.
func Renewals() fs.FS { return sub("renewals") }

// sub cannot fail: the directory is named in the embed directive above.
func sub(dir string) fs.FS {
	below, err := fs.Sub(files, dir)
	if err != nil {
		panic("examples: " + err.Error())
	}
	return below
}
