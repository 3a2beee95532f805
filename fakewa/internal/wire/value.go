package wire

import "maps"

// Value is the value of a webhook about users, with lists of objects by their names. The number
// of the business is given in digits.
func Value(displayNumber, phoneNumberID string, lists map[string]any) map[string]any {
	value := map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": displayNumber, "phone_number_id": phoneNumberID},
	}
	maps.Copy(value, lists)
	return value
}
