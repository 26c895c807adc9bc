package recordings

import "fmt"

// ReadReceipt reads one line of receipts and checks it against its own hash. Whether it follows the line before it is
// for VerifyReceipts. The error is ErrReceipts.
func ReadReceipt(line []byte) (Receipt, error) {
	c, err := readReceipt(line)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: a line %w", ErrReceipts, err)
	}
	return c, nil
}
