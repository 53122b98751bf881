using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Evidence;

/// <summary>A log in which something of everything happens, an hour apart.</summary>
internal sealed class EvidenceStory
{
    public const string Run = "4rk2m9x0aq";
    public const string HostileRef = "=cmd|'/c calc'!A1<script>alert(1)</script>";

    public static readonly DateTimeOffset Began = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<byte[]> _entries = [];
    private DateTimeOffset _now = Began;

    public static EvidenceStory Played()
    {
        var story = new EvidenceStory();
        story.Add(AuditTypes.ServerStarted, "bascule", facts: new() { ["url"] = "https://bascule.example.com" });
        story.Add(AuditTypes.RefMoved, "person:p-ada", facts: new() { ["ref"] = HostileRef, ["move"] = "forward" });
        story.Change(Run, "ml-prod");
        story.Add(AuditTypes.GlassBroken, "person:p-ada", Run, true, new() { ["environment"] = "ml-prod" });
        story.Add(AuditTypes.PersonRetired, "operator", facts: new() { ["person"] = "p-eve", ["again"] = false });
        story.Add(AuditTypes.GitTokenRefused, "person:p-eve", allow: false, facts: new() { ["asked"] = HostileRef });
        story.Add(AuditTypes.CredentialRotated, "bascule", facts: new() { ["forge"] = "gitea" });
        story.Add(AuditTypes.GlassReviewed, "person:p-grace", Run, true, new() { ["environment"] = "ml-prod" });
        return story;
    }

    public IReadOnlyList<byte[]> Entries => _entries;

    public WrittenLog Log(string origin = WrittenLog.Origin) => WrittenLog.Of(_entries, origin: origin);

    public void Wait(TimeSpan time) => _now += time;

    public void Change(string run, string environment)
    {
        Add(
            AuditTypes.RunDecided,
            "bascule",
            run,
            true,
            new()
            {
                ["environment"] = environment,
                ["commit"] = "c0ffee",
                ["workflow"] = "train",
                ["state"] = "awaiting_approval",
            }
        );
        Add(AuditTypes.ApprovalGiven, "person:p-grace", run, true, new() { ["environment"] = environment });
        Add(AuditTypes.CallBegun, "bascule", run, facts: new() { ["operation"] = "databricks.runs.submit" });
        Add(AuditTypes.RunAttested, "bascule", run, facts: new() { ["envelope_sha256"] = new string('a', 64) });
    }

    public void Add(string type, string actor, string? run = null, bool? allow = null, JsonObject? facts = null)
    {
        var entry = new AuditEntry(type, actor)
        {
            Links = run is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["run"] = run },
            Decision = allow is { } allowed ? new AuditDecision(allowed, "a.rule", "for a reason") : null,
            Facts = facts,
        };
        _entries.Add(entry.ToCanonical(_now));
        _now += TimeSpan.FromHours(1);
    }
}
