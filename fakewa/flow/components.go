package flow

import (
	"slices"
	"strings"
)

// schema is what an object may have, by key.
type schema map[string]property

// property is what the value of a key may be.
type property struct {
	types    []string // JSON types
	values   []string // of a string; nil: any
	required bool
}

// reads reads a schema. A word of it is a key, with "!" if it is required, and then ":" with
// JSON types or "=" with the values of a string. A key alone is a string.
func reads(words string) schema {
	s := make(schema)
	for word := range strings.FieldsSeq(words) {
		p := property{types: []string{"string"}}
		name, types, typed := strings.Cut(word, ":")
		if typed {
			p.types = strings.Split(types, "|")
		}
		name, values, listed := strings.Cut(name, "=")
		if listed {
			p.values = strings.Split(values, "|")
		}
		name, p.required = strings.CutSuffix(name, "!")
		s[name] = p
	}
	return s
}

const (
	entry  = " name! label! required:boolean enabled:boolean visible:boolean helper-text error-message:string|object "
	choice = " name! required:boolean enabled:boolean visible:boolean data-source!:array on-select-action:object on-unselect-action:object media-size=regular|large "
	picked = " label description init-value:string|array error-message:string|object "
	words  = " text!:string|array visible:boolean "
	style  = " font-weight=bold|italic|bold_italic|normal strikethrough:boolean markdown:boolean "
)

// components are all components with their properties, from Meta's reference of components as
// pywa 4.5 has it too. Their longest texts are not in the list of static validation errors, and
// are not checked.
var components = map[string]schema{
	"TextHeading":       reads(words),
	"TextSubheading":    reads(words),
	"TextBody":          reads(words + style),
	"TextCaption":       reads(words + style),
	"RichText":          reads(words),
	"TextInput":         reads(entry + "label-variant=large input-type=text|number|email|password|passcode|phone pattern min-chars:number|string max-chars:number|string init-value"),
	"TextArea":          reads(entry + "label-variant=large max-length:number|string init-value"),
	"DatePicker":        reads(entry + "min-date max-date unavailable-dates:array on-select-action:object init-value"),
	"CalendarPicker":    reads(entry + "title description mode=single|range min-date max-date min-days:number max-days:number include-days:array unavailable-dates:array on-select-action:object init-value:string|object label:string|object helper-text:string|object required:boolean|object"),
	"CheckboxGroup":     reads(choice + picked + "min-selected-items:number max-selected-items:number"),
	"RadioButtonsGroup": reads(choice + picked),
	"ChipsSelector":     reads(choice + picked + "min-selected-items:number max-selected-items:number"),
	"Dropdown":          reads(choice + "label! init-value error-message:string|object"),
	"OptIn":             reads("name! label! required:boolean visible:boolean init-value:boolean on-click-action:object on-select-action:object on-unselect-action:object"),
	"EmbeddedLink":      reads("text! visible:boolean on-click-action!:object"),
	"NavigationList":    reads("name! list-items!:array label description media-size=regular|large visible:boolean on-click-action:object"),
	"Footer":            reads("label! left-caption center-caption right-caption enabled:boolean on-click-action!:object"),
	"Image":             reads("src! width:number height:number scale-type=cover|contain aspect-ratio:number alt-text visible:boolean"),
	"ImageCarousel":     reads("images!:array aspect-ratio scale-type=cover|contain visible:boolean"),
	"PhotoPicker":       reads("name! label! description photo-source=camera_gallery|camera|gallery max-file-size-kb:number min-uploaded-photos:number max-uploaded-photos:number enabled:boolean visible:boolean error-message:string|object"),
	"DocumentPicker":    reads("name! label! description max-file-size-kb:number min-uploaded-documents:number max-uploaded-documents:number allowed-mime-types:array enabled:boolean visible:boolean error-message:string|object"),
	"Form":              reads("name! children!:array init-values:object error-messages:object|string"),
	"If":                reads("condition! then!:array else:array"),
	"Switch":            reads("value! cases!:object"),
}

var (
	rootSchema   = reads("version!:string data_api_version routing_model:object screens!:array data_channel_uri")
	screenSchema = reads("id! title terminal:boolean success:boolean refresh_on_back:boolean data:object layout!:object sensitive:array")
	layoutSchema = reads("type!=SingleColumnLayout children!:array")
	actionSchema = reads("name!=data_exchange|navigate|complete|open_url|update_data next:object payload:object url")
	nextSchema   = reads("type!=screen|plugin name!")
	optionSchema = reads("id! title! description metadata enabled:boolean image alt-text color on-select-action:object on-unselect-action:object")
)

// since are the components that have come after the first versions of the schema.
var since = map[string]string{
	"If": "4.0", "Switch": "4.0", "PhotoPicker": "4.0", "DocumentPicker": "4.0",
	"RichText": "5.1", "CalendarPicker": "6.1", "NavigationList": "6.2", "ChipsSelector": "6.3", "ImageCarousel": "7.1",
}

// mostPerScreen are the components of which a screen has only so many.
var mostPerScreen = map[string]int{"EmbeddedLink": 2, "Image": 3, "OptIn": 5}

// versions are those of the schema that are known. Which have expired is not [?].
var versions = []string{"2.1", "3.0", "3.1", "4.0", "5.0", "5.1", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3"}

// before tells whether a known version is older than another.
func before(version, other string) bool {
	return slices.Index(versions, version) < slices.Index(versions, other)
}

// takesInput tells whether people fill in a component of a type.
func takesInput(typ string) bool {
	_, named := components[typ]["name"]
	return named && typ != "Form" && typ != "NavigationList"
}

// fixed are properties whose value cannot depend on data.
var fixed = []string{"type", "name", "id", "condition", "url"}
