// Package arch holds the house's rules as tests: which package may import which, that every package says what
// it is for, that files and functions stay short, and that every exported name is explained. It has no code of
// its own; a rule that needs a reviewer is a rule that will be broken.
//
// It must not know what the packages do: it reads their source as text and syntax only.
package arch
