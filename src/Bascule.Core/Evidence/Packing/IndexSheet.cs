using System.Globalization;
using System.Text;
using Bascule.Core.Evidence.Tables;

namespace Bascule.Core.Evidence.Packing;

/// <summary>The index for a spreadsheet: a row for each control and file that says something of it.</summary>
internal static class IndexSheet
{
    private static readonly string[] Columns =
    [
        "framework",
        "control",
        "title",
        "answers",
        "does_not_answer",
        "file",
        "what_the_file_shows",
        "rows",
    ];

    public static string Of(PackStory story)
    {
        var sheet = new StringBuilder(CsvRow.Of(Columns));
        foreach (var control in story.Order.Framework.Controls)
        foreach (var table in control.Tables.Select(EvidenceTables.Of))
        {
            var files = story.FilesOf(table).DefaultIfEmpty(table.File);
            foreach (var file in files)
                sheet.Append(
                    CsvRow.Of([
                        story.Order.Framework.Name,
                        control.Id,
                        control.Title,
                        control.Shows,
                        control.Lacks,
                        file,
                        table.Shows,
                        story.Rows.GetValueOrDefault(file).ToString(CultureInfo.InvariantCulture),
                    ])
                );
        }
        return sheet.ToString();
    }
}
