package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// maxListed is the longest page that the API gives.
const maxListed = 200

// pages hands over the items of a list of the API, page by page, up to limit of them; 0 is no limit. It tells whether
// there are more.
func (c *deskClient) pages(ctx context.Context, path string, q url.Values, limit int, fn func(json.RawMessage) error) (more bool, err error) {
	for n := 0; ; {
		size := maxListed
		if limit > 0 {
			size = min(size, limit-n)
		}
		q.Set("limit", strconv.Itoa(size))
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  string            `json:"next"`
		}
		if _, err := c.get(ctx, path+"?"+q.Encode(), &page); err != nil {
			return false, err
		}
		for _, item := range page.Items {
			if err := fn(item); err != nil {
				return false, err
			}
		}
		n += len(page.Items)
		if page.Next == "" || limit > 0 && n >= limit {
			return page.Next != "", nil
		}
		q.Set("after", page.Next) // a page may have fewer than were asked for
	}
}

// items reads a list of the API that has one page, and gives its items as they came too.
func (c *deskClient) items(ctx context.Context, path string, into any) (json.RawMessage, error) {
	var page struct {
		Items json.RawMessage `json:"items"`
	}
	if _, err := c.get(ctx, path, &page); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(page.Items, into); err != nil {
		return nil, fail(exitFailed, "decode the app's answer: %v", err)
	}
	return page.Items, nil
}
