package contacts

import "strings"

// Safe is a cell as it may stand in a CSV that people open in a spreadsheet: a text that the spreadsheet would run as a
// formula (it begins with = + - @, a tab or a line break) gets a ' in front. Read takes that ' off again.
// See https://owasp.org/www-community/attacks/CSV_Injection.
func Safe(cell string) string {
	if cell != "" && strings.IndexByte("=+-@\t\r\n", cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

// SafeRow makes every cell of a row safe, in place.
func SafeRow(cells []string) []string {
	for i, c := range cells {
		cells[i] = Safe(c)
	}
	return cells
}

// unsafe takes off the ' that Safe, or a spreadsheet, has put in front.
func unsafe(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t\r\n0123456789", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}
