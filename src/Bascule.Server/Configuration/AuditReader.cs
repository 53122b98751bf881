using Bascule.Core.Audit.Log;
using Bascule.Core.Settings;
using Bascule.Server.Audit.Log;

namespace Bascule.Server.Configuration;

/// <summary>Reads what operators decide about the audit log.</summary>
internal static class AuditReader
{
    private const int MostStandbys = 10;
    private const int MostWitnesses = 16;
    private const string Remedy = "list verifier keys, as `bascule audit witness` prints them, or remove the key";

    /// <param name="audit">Null where nothing is said about it.</param>
    public static AuditLogSettings Read(SettingReader? audit, bool isPostgres)
    {
        if (audit is null)
            return AuditLogSettings.Default;
        var standbys = audit.Number("standbys", 0, MostStandbys) ?? 0;
        if (standbys > 0 && !isPostgres)
            audit.Refuse("standbys", "needs PostgreSQL, and storage is SQLite", "remove it, or set storage.postgres");
        return new AuditLogSettings(ReadWitnesses(audit), (int)standbys);
    }

    private static List<string> ReadWitnesses(SettingReader audit)
    {
        if (audit.Find("witnesses") is null)
            return [];
        List<string> witnesses = [];
        foreach (var text in audit.RequiredTexts("witnesses", Remedy))
        {
            var read = NoteKey.Parse(text);
            using var key = read.Problem is null ? read.Value : null;
            if (read.Failed(out var problem))
                audit.Refuse("witnesses", problem.Message, Remedy);
            else if (key!.Type != NoteKeyType.Cosignature)
                audit.Refuse("witnesses", $"holds the key of '{key.Name}', which is a log's and no witness's", Remedy);
            else
                witnesses.Add(key.ToString());
        }
        if (witnesses.Count > MostWitnesses)
            audit.Refuse("witnesses", $"names {witnesses.Count} witnesses, and {MostWitnesses} are the most", Remedy);
        if (witnesses.Distinct(StringComparer.Ordinal).Count() < witnesses.Count)
            audit.Refuse("witnesses", "names a witness twice", Remedy);
        return witnesses;
    }
}
