package graph

// widths are the advance widths of printable ASCII in thousandths of the font size, for the widest of the common
// interface fonts, so that a text measured here fits its box in any of them.
var widths = [95]int{
	// space ! " # $ % & ' ( ) * + , - . /
	300, 320, 430, 680, 640, 920, 740, 250, 370, 370, 480, 680, 310, 450, 310, 380,
	// 0 - 9
	640, 640, 640, 640, 640, 640, 640, 640, 640, 640,
	// : ; < = > ? @
	310, 310, 680, 680, 680, 560, 1010,
	// A - Z
	710, 680, 730, 760, 620, 600, 770, 760, 290, 570, 690, 580, 890, 770, 790, 650, 790, 670, 660, 640, 760, 710, 1010, 700,
	680, 650,
	// [ \ ] ^ _ `
	370, 380, 370, 560, 560, 400,
	// a - z
	590, 620, 570, 620, 600, 370, 620, 610, 270, 270, 570, 270, 900, 610, 610, 620, 620, 400, 550, 370, 610, 580, 820, 560,
	580, 550,
	// { | } ~
	410, 320, 410, 680,
}

// wide is taken for every other character: too much for most letters, right for symbols and Chinese.
const wide = 1000

// textWidth is how many pixels a text needs at a font size, with a little to spare for a bold weight.
func textWidth(text string, size int, bold bool) int {
	sum := 0
	for _, r := range text {
		switch {
		case r >= ' ' && r <= '~':
			sum += widths[r-' ']
		case r >= 0xC0 && r <= 0x24F: // Latin letters with marks
			sum += 640
		case r == '…' || r == '·' || r == '●':
			sum += 900
		default:
			sum += wide
		}
	}
	if bold {
		sum += sum / 16
	}
	return (sum*size + 999) / 1000
}

// shorten cuts a text to so many characters, with a sign that it was cut.
func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
