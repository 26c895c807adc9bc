package twilio

import (
	"strconv"
	"time"
)

// twilio-go's parameters and answers are pointers; nil means not given.

func given[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func givenList(v []string) *[]string {
	if len(v) == 0 {
		return nil
	}
	return &v
}

// givenText is "true", or nothing: for booleans that twilio-go has as text.
func givenText(v bool) *string {
	if !v {
		return nil
	}
	yes := "true"
	return &yes
}

func said(v *string) string {
	if v == nil {
		return ""
	}
	return *v
}

func saidInt(v *string) int {
	n, _ := strconv.Atoi(said(v)) // a number that is not there is 0
	return n
}

func saidTime(v *string) time.Time {
	t, _ := time.Parse(time.RFC1123Z, said(v)) // a time that is not there is zero
	return t
}
