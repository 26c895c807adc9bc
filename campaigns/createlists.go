package campaigns

import (
	"context"
	"errors"
	"fmt"

	"github.com/paydial/paydial/flows"
)

// errListFile says that a campaign names a file and nobody said where files are.
var errListFile = errors.New("the campaign names a do-not-call file, and files cannot be read here")

// takeLists reads the do-not-call files that a campaign names into lists of the server, one for each path. Numbers are only
// added: another campaign may keep to what stood there before.
func (c *Campaigns) takeLists(ctx context.Context, f *flows.Campaign, req CreateRequest) error {
	for _, l := range f.NeverCall {
		if l.File == "" {
			continue
		}
		if err := c.takeList(ctx, f, l, req); err != nil {
			return fmt.Errorf("read %s: %w", l.File, err)
		}
	}
	return nil
}

func (c *Campaigns) takeList(ctx context.Context, f *flows.Campaign, l flows.ListName, req CreateRequest) error {
	if req.ListFiles == nil {
		return errListFile
	}
	file, err := req.ListFiles(l.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = c.lists.Import(ctx, ImportRequest{
		List: serverList(l), From: file, Country: f.Country, Reason: "stands in " + l.File, Source: l.File, By: req.Act.By,
	}, nil)
	return err
}
