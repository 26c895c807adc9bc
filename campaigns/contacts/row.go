package contacts

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	pn "github.com/nyaruka/phonenumbers"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// maxID is how long a person's id may be, in bytes.
const maxID = 200

// row turns a record into a row, or says why it cannot be used.
func (r *reader) row(rec record) (Row, *Reject) {
	switch {
	case rec.bad != "":
		return Row{}, &Reject{Line: rec.line, Reason: BadRow, Expected: "cells with their quotes closed", Found: rec.bad, Mend: mendUnquote}
	case len(rec.cells) != len(r.cols.header):
		return Row{}, &Reject{
			Line: rec.line, Reason: BadRow, Expected: fmt.Sprintf("%d cells, as in the header", len(r.cols.header)),
			Found: fmt.Sprintf("%d", len(rec.cells)), Mend: "put cells that contain a separator into quotes, and keep a separator for every empty cell",
		}
	}
	for _, u := range r.plan.used {
		cell := unsafe(rec.cells[u.index])
		if trouble := damaged(cell); trouble != nil {
			reason := badField(u.field)
			if u.field == "phone" {
				reason = rules.BadNumber
			}
			return Row{}, r.rejected(rec, u.index, reason, trouble)
		}
	}
	row := Row{Line: rec.line}
	country, why := r.countryOf(rec)
	if why != nil {
		return row, why
	}
	for _, read := range []func(record, string, *Row) *Reject{r.phone, r.person, r.zone, r.days, r.language, r.values, r.twice} {
		if why := read(rec, country, &row); why != nil {
			return row, why
		}
	}
	if row.Unknown {
		r.sum.Unknown++
	}
	return row, nil
}

// cell is a cell without spaces around it; "" for a column that is not there.
func cell(rec record, index int) string {
	if index < 0 {
		return ""
	}
	return strings.TrimSpace(unsafe(rec.cells[index]))
}

// rejected is a reject for what is wrong with one cell.
func (r *reader) rejected(rec record, index int, reason rules.Reason, err error) *Reject {
	why := &Reject{Line: rec.line, Reason: reason}
	var trouble *Trouble
	if errors.As(err, &trouble) {
		why.Expected, why.Mend = trouble.Expected, trouble.Mend
	}
	if index >= 0 {
		why.Column = r.cols.header[index]
		why.Found = foundIn(rec.cells[index], r.private(index))
	}
	return why
}

// private tells whether a column holds a private need of the flow.
func (r *reader) private(index int) bool {
	return slices.ContainsFunc(r.plan.needs, func(n plannedNeed) bool { return n.Private && n.index == index })
}

// countryOf is the country of a row: its own, or the campaign's.
func (r *reader) countryOf(rec record) (string, *Reject) {
	at := r.plan.own.country
	text := strings.ToUpper(cell(rec, at))
	switch {
	case text == "" || text == r.plan.country:
		return r.plan.country, nil
	case text == "USA":
		return "US", nil
	case text == "UK":
		return "GB", nil
	case len(text) != 2 || pn.GetCountryCodeForRegion(text) == 0:
		return "", r.rejected(rec, at, badField("country"), &Trouble{"a country's two letters, such as US", "no country has this code: write its two letters (ISO 3166-1), or leave it empty"})
	}
	return text, nil
}

func (r *reader) phone(rec record, country string, row *Row) *Reject {
	at := r.plan.own.phone
	number, err := r.numbers.Parse(cell(rec, at), country)
	if err != nil {
		return r.rejected(rec, at, rules.BadNumber, err)
	}
	row.Phone, row.Unknown = number.E164, number.Unknown
	return nil
}

// person reads who somebody is to whoever made the list.
func (r *reader) person(rec record, _ string, row *Row) *Reject {
	own := r.plan.own
	row.ID, row.DebtID, row.ConsentSource = cell(rec, own.id), cell(rec, own.debt), cell(rec, own.consentSource)
	if len(row.ID) > maxID {
		return r.rejected(rec, own.id, badField("id"), &Trouble{fmt.Sprintf("an id of at most %d bytes", maxID), "it is too long: shorten it"})
	}
	if powerOfTen(row.ID) {
		return r.rejected(rec, own.id, badField("id"), &Trouble{"an id", "damaged by a spreadsheet: a power of ten was made of it; set the column to text and take the ids from the source again"})
	}
	if row.ID == "" {
		sum := sha256.Sum256([]byte(row.Phone))
		row.ID = "n-" + hex.EncodeToString(sum[:8])
	}
	if text := cell(rec, own.priority); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < -1_000_000 || n > 1_000_000 {
			return r.rejected(rec, own.priority, badField("priority"), &Trouble{"a whole number; higher is rung earlier", "it is no whole number: write one, or leave it empty"})
		}
		row.Priority = n
	}
	return nil
}

// zone finds where a person may be: as the row says, by its postal code, or by its number.
func (r *reader) zone(rec record, country string, row *Row) *Reject {
	own := r.plan.own
	if text := cell(rec, own.timezone); text != "" {
		zones, err := r.zones.Named(text, country)
		if err != nil {
			return r.rejected(rec, own.timezone, badField("timezone"), err)
		}
		row.Zones, row.ZoneFrom = zones, FromRow
		if len(zones) > 1 {
			row.ZoneFrom = Unclear
		}
		return nil
	}
	if text := cell(rec, own.postal); text != "" && country == "US" {
		zones, mended, ok := r.postal.find(text)
		if !ok {
			return r.rejected(rec, own.postal, badField("postal_code"), &Trouble{"a ZIP code such as 02139", "it is no ZIP code: write five digits, or leave it empty"})
		}
		if mended {
			r.sum.Mended++
		}
		if zones = r.zones.merge(zones); len(zones) > 0 {
			row.Zones, row.ZoneFrom = zones, FromPostal
			if len(zones) > 1 {
				row.ZoneFrom = Unclear
			}
			return nil
		}
	}
	if own.country >= 0 && cell(rec, own.country) != "" {
		if zones := r.zones.Country(country); len(zones) == 1 {
			row.Zones, row.ZoneFrom = zones, FromRow
			return nil
		}
	}
	row.Zones, row.ZoneFrom = r.zones.Number(row.Phone, country)
	return nil
}

func (r *reader) days(rec record, _ string, row *Row) *Reject {
	for _, d := range []struct {
		at    int
		field string
		to    *time.Time
	}{
		{r.plan.own.consent, "consent", &row.Consent}, {r.plan.own.notBefore, "not_before", &row.NotBefore}, {r.plan.own.notAfter, "not_after", &row.NotAfter},
	} {
		text := cell(rec, d.at)
		if text == "" {
			continue
		}
		day, err := parseDay(text)
		if err != nil {
			return r.rejected(rec, d.at, badField(d.field), err)
		}
		*d.to = day
	}
	if !row.NotBefore.IsZero() && !row.NotAfter.IsZero() && row.NotAfter.Before(row.NotBefore) {
		at := r.plan.own.notAfter
		return r.rejected(rec, at, badField("not_after"), &Trouble{"a day after not_before", "the row has no day on which to ring: look at both dates"})
	}
	return nil
}

// language finds which of the flow's languages a person is spoken to in.
func (r *reader) language(rec record, _ string, row *Row) *Reject {
	at := r.plan.own.language
	text := strings.ReplaceAll(cell(rec, at), "_", "-")
	if text == "" {
		for _, n := range r.plan.needs {
			if n.Name == "language" {
				text = n.Default
			}
		}
	}
	if text == "" {
		if len(r.plan.speaks) > 0 {
			row.Language = r.plan.speaks[0]
		}
		return nil
	}
	for _, tongue := range r.plan.speaks {
		whole, _, _ := strings.Cut(tongue, "-")
		if strings.EqualFold(tongue, text) || row.Language == "" && strings.EqualFold(whole, text) {
			row.Language = tongue
		}
	}
	if row.Language == "" {
		return r.rejected(rec, at, badField("language"), &Trouble{
			"a language that the flow speaks: " + strings.Join(r.plan.speaks, ", "), "the flow does not speak it: write one of these, or leave it empty",
		})
	}
	return nil
}

// values reads the flow's needs.
func (r *reader) values(rec record, _ string, row *Row) *Reject {
	row.Values = make(map[string]flows.Value, len(r.plan.needs))
	for _, need := range r.plan.needs {
		if need.Name == "language" && row.Language != "" {
			row.Values[need.Name] = need.spoken[row.Language]
			continue
		}
		v, err := r.value(need, cell(rec, need.index))
		switch {
		case errors.Is(err, errMissing) && need.Default != "":
			row.Values[need.Name] = need.preset
		case errors.Is(err, errMissing):
			return r.rejected(rec, need.index, missingField(need.Name), &Trouble{expectedOf(flows.ValueType(need.Type)), "fill it in, or take the row out"})
		case err != nil:
			return r.rejected(rec, need.index, badField(need.Name), err)
		default:
			v.Private = need.Private
			row.Values[need.Name] = v
		}
	}
	return nil
}

// twice refuses a person who was there before, by id or by number. The first usable row wins.
func (r *reader) twice(rec record, _ string, row *Row) *Reject {
	own := r.plan.own
	if own.id >= 0 && cell(rec, own.id) != "" {
		if line := r.ids.find(row.ID); line > 0 {
			return r.rejected(rec, own.id, rules.Duplicate, &Trouble{"an id that is not there yet", fmt.Sprintf("line %d has the same: take one of them out", line)})
		}
	}
	if line := r.phones.find(row.Phone); line > 0 {
		return r.rejected(rec, own.phone, rules.Duplicate, &Trouble{"a number that is not there yet", fmt.Sprintf("line %d has the same: take one of them out", line)})
	}
	if own.id >= 0 && cell(rec, own.id) != "" {
		r.ids.add(row.ID, rec.line)
	}
	r.phones.add(row.Phone, rec.line)
	return nil
}
