"""Reads a report with libraries that know nothing of the program, and prints what they find as JSON."""

import json
import sys


def docx(path):
    import docx

    document = docx.Document(path)
    namespaces = {"wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"}
    pictures = document.element.body.findall(".//wp:docPr", namespaces)
    return {
        "title": document.core_properties.title,
        "paragraphs": [[p.style.name, p.text] for p in document.paragraphs],
        "tables": [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables],
        "repeated": [table.rows[0]._tr.trPr is not None and "tblHeader" in table.rows[0]._tr.trPr.xml for table in document.tables],
        "pictures": [picture.get("descr") for picture in pictures],
        "foot": document.sections[0].footer.paragraphs[0].text,
        "images": sum(1 for r in document.part.rels.values() if "image" in r.reltype),
    }


def xlsx(path):
    import openpyxl

    book = openpyxl.load_workbook(path)

    def cell(value):
        return value.date().isoformat() if hasattr(value, "date") else value

    return {
        "title": book.properties.title,
        "sheets": {
            sheet.title: {
                "rows": [[cell(value) for value in row] for row in sheet.iter_rows(values_only=True)],
                "kinds": [[c.data_type for c in row] for row in sheet.iter_rows()],
                "formats": [[c.number_format for c in row] for row in sheet.iter_rows()],
                "frozen": sheet.freeze_panes,
                "filter": sheet.auto_filter.ref,
            }
            for sheet in book.worksheets
        },
    }


def pdf(path):
    import pypdf

    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    alternatives, kinds = [], []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict) and "/S" in node:
            kinds.append(str(node["/S"]))
            if "/Alt" in node:
                alternatives.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"]["/K"])
    return {
        "title": reader.metadata.title,
        "language": root["/Lang"],
        "marked": bool(root["/MarkInfo"]["/Marked"]),
        "text": [" ".join(page.extract_text().split()) for page in reader.pages],
        "outline": [entry.title for entry in reader.outline],
        "embedded": all("/FontFile2" in f["/DescendantFonts"][0].get_object()["/FontDescriptor"] for f in fonts),
        "kinds": sorted(set(kinds)),
        "figures": kinds.count("/Figure"),
        "alternatives": alternatives,
    }


print(json.dumps({"docx": docx, "xlsx": xlsx, "pdf": pdf}[sys.argv[1]](sys.argv[2])))
