//go:build !race

package console_test

const everyLook = true
