package campaigns

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// numberSet is a set of numbers in E.164, of which none has more than 15 digits: eight bytes for each, sorted.
type numberSet []uint64

func (s numberSet) has(number string) bool {
	n, err := strconv.ParseUint(number[1:], 10, 64)
	if err != nil {
		return false
	}
	_, found := slices.BinarySearch(s, n)
	return found
}

// fileList is a do-not-call list that is a file of the project.
type fileList struct {
	label   string
	numbers numberSet
}

// readFileLists reads the files among a campaign's do-not-call lists. What is no number in them is told as a remark.
func readFileLists(ctx context.Context, c *flows.Campaign, open func(string) (io.ReadCloser, error)) (lists []fileList, remarks []string, err error) {
	for _, l := range c.NeverCall {
		if l.File == "" {
			continue
		}
		list, rejected, err := readFileList(ctx, c, l, open)
		if err != nil {
			return nil, nil, fmt.Errorf("do-not-call list %s: %w", l.File, err)
		}
		if rejected > 0 {
			remarks = append(remarks, fmt.Sprintf("%s: %d rows are no phone numbers and keep nobody from being rung", l.File, rejected))
		}
		lists = append(lists, list)
	}
	return lists, remarks, nil
}

func readFileList(ctx context.Context, c *flows.Campaign, l flows.ListName, open func(string) (io.ReadCloser, error)) (fileList, int64, error) {
	list := fileList{label: rules.ListLabel(l)}
	file, err := open(l.File)
	if err != nil {
		return list, 0, err
	}
	defer func() { _ = file.Close() }()
	sum, err := contacts.ReadNumbers(ctx, file, contacts.NumberOptions{Country: c.Country}, func(_ int, number string) error {
		n, err := strconv.ParseUint(number[1:], 10, 64)
		list.numbers = append(list.numbers, n)
		return err
	}, func(contacts.Reject, []string) error { return nil })
	slices.Sort(list.numbers)
	list.numbers = slices.Compact(list.numbers)
	return list, sum.Rejected, err
}
