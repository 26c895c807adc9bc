// Package archive keeps copies of recordings, in a folder or in a bucket of S3. Archive is its main type; Open makes
// one from an address, and Sum reads a copy back to find out whether it still is what was stored.
//
// What Put has stored is there after a power cut, what Delete has removed is gone in every version, and whatever is
// killed in between can be done again. Errors say how to mend what is wrong, for the person who set the archive up.
//
// It must not know the index of recordings, what a recording is, or when one is to be deleted: to it a copy is a key
// and bytes.
package archive
