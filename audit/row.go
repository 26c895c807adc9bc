package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/paydial/paydial/db"
)

// columns are the columns of a line in the order of values and scan.
const columns = "seq, at, who, role, via, action, call, payment, field, result, detail, hash_before, hash"

// placeholders are as many ? as there are columns.
var placeholders = db.Marks(strings.Count(columns, ",") + 1)

func (e Entry) values(before, hash string) []any {
	return []any{
		e.Seq, db.Millis(e.At), e.Who, e.Role, e.Via, e.Action, e.Call, e.Payment, e.Field, e.Result, e.Detail, before, hash,
	}
}

// line is an entry with its place in the chain.
type line struct {
	Entry
	before, hash string
}

func scan(from db.Scanner) (line, error) {
	var r line
	var at int64
	err := from.Scan(&r.Seq, &at, &r.Who, &r.Role, &r.Via, &r.Action, &r.Call, &r.Payment, &r.Field, &r.Result, &r.Detail,
		&r.before, &r.hash)
	r.At = db.Time(at)
	return r, err
}

// hash is the SHA-256, in hex, of an entry and the hash of the one before. Each part is written with its length, so
// that no text can pass for the end of one and the beginning of the next.
func (e Entry) hash(before string) string {
	var b strings.Builder
	for _, part := range []string{
		before, strconv.FormatInt(e.Seq, 10), strconv.FormatInt(db.Millis(e.At), 10), e.Who, e.Role, e.Via, e.Action,
		e.Call, e.Payment, e.Field, e.Result, e.Detail,
	} {
		fmt.Fprintf(&b, "%d:%s,", len(part), part)
	}
	h := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(h[:])
}
