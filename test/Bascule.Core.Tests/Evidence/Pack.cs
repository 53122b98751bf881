using System.IO.Compression;
using System.Text;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Evidence;
using Bascule.Core.Evidence.Controls;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Evidence;

/// <summary>A pack that was made, and unpacked as an auditor would.</summary>
internal sealed class Pack : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-evidence-").FullName;

    public string File => Path.Combine(_folder, "pack.zip");

    public string Unpacked => Path.Combine(_folder, "pack");

    public EvidenceMade Made { get; private set; } = null!;

    public static EvidenceRange Days(int from, int to) =>
        new(EvidenceStory.Began.AddDays(from), EvidenceStory.Began.AddDays(to));

    public static async Task<EvidenceLog> ExamineAsync(WrittenLog log) =>
        (await EvidenceLog.ExamineAsync(log, new LogExpectation(log.Key), default)).Value.Log!;

    public static Task<Pack> OfAsync(EvidenceRange range, params WrittenLog[] logs) => OfAsync(range, null, logs);

    public static async Task<Pack> OfAsync(EvidenceRange range, IStatementSource? statements, params WrittenLog[] logs)
    {
        var pack = new Pack();
        pack.Made = (await pack.WriteAsync(range, statements, logs)).Value;
        await ZipFile.ExtractToDirectoryAsync(pack.File, pack.Unpacked);
        return pack;
    }

    public async Task<Result<EvidenceMade>> WriteAsync(
        EvidenceRange range,
        IStatementSource? statements,
        params WrittenLog[] logs
    )
    {
        var examined = new List<EvidenceLog>();
        foreach (var log in logs)
            examined.Add(await ExamineAsync(log));
        return await EvidencePack.WriteAsync(
            new EvidenceOrder(Frameworks.Find("soc2").Value, range, examined) { Statements = statements },
            File,
            default
        );
    }

    public IReadOnlyList<string> Names =>
        [
            .. Directory
                .GetFiles(Unpacked, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Unpacked, file))
                .Order(StringComparer.Ordinal),
        ];

    public string Read(string name) => System.IO.File.ReadAllText(Path.Combine(Unpacked, name));

    /// <summary>By the names of the columns.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string name)
    {
        var rows = CsvText.Parse(Read(name));
        return [.. rows.Skip(1).Select(row => rows[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>Reads RFC 4180, as a test needs it.</summary>
internal static class CsvText
{
    public static IReadOnlyList<IReadOnlyList<string>> Parse(string text)
    {
        var (rows, row, cell, isQuoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var at = 0; at < text.Length; at++)
        {
            if (isQuoted && text[at] == '"' && at + 1 < text.Length && text[at + 1] == '"')
                cell.Append(text[at++]);
            else if (text[at] == '"')
                isQuoted = !isQuoted;
            else if (isQuoted || text[at] is not (',' or '\r' or '\n'))
                cell.Append(text[at]);
            else if (text[at] != '\n')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (text[at] == '\r')
                {
                    rows.Add(row);
                    row = [];
                }
            }
        }
        return rows;
    }
}
