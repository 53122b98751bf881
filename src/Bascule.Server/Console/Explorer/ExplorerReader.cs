using System.Globalization;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Searching;
using Bascule.Core.People;
using Bascule.Server.Audit.Log;
using Bascule.Server.Personal;
using Microsoft.Extensions.Primitives;

namespace Bascule.Server.Console.Explorer;

/// <summary>Reads what the pages of the audit log show. Changes nothing, and shows entries as they are stored: what proves them is checked by the browser.</summary>
internal sealed class ExplorerReader(
    EntrySearch search,
    IAuditLog entries,
    ILogStore logs,
    IPeopleStore people,
    RoleRules roles,
    AuditLogSettings settings
)
{
    private const int MostOfStory = 300;

    /// <summary>What leads from one entry of a story to others: a token or a session has many stories.</summary>
    private static readonly string[] Leads = ["run", "delivery", "push"];

    /// <summary>Things that belong to one story, so that asking for one of them shows all of it.</summary>
    private static readonly string[] OfOneStory = [.. Leads, "call", "token"];

    public async Task<Result<EntriesView>> ListAsync(
        IReadOnlyDictionary<string, string> asked,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var question = EntryQuery.Read(asked.Select(one => KeyValuePair.Create(one.Key, new StringValues(one.Value))));
        if (question.Failed(out var problem))
            return problem;
        var limit = question.Value.Limit;
        // One more than is shown tells whether there are older ones.
        var found = await search.FindAsync(question.Value with { Limit = limit + 1 }, cancellationToken);
        var rows = await ViewAsync(found.Take(limit), cancellationToken);
        var next = found.Count > limit ? rows[^1].Index : (long?)null;
        return new EntriesView(asked, rows, await NamesAsync(rows, actor, cancellationToken), next);
    }

    public async Task<StoryView> TellAsync(EntryField of, Actor actor, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<long, AuditRecord>();
        var (todo, seen, isCut) = (new Queue<EntryField>([of]), new HashSet<EntryField> { of }, false);
        while (todo.TryDequeue(out var link) && !isCut)
        {
            var question = new EntryQuestion(
                [EntryTerms.Write(link.Name, link.Value)],
                long.MaxValue,
                MostOfStory + 1,
                null,
                null
            );
            foreach (var record in await search.FindAsync(question, cancellationToken))
            {
                var entry = EntryView.Of(record, []);
                if (IsOfAnotherRun(entry, of))
                    continue;
                found[record.Index] = record;
                if (OfOneStory.Contains(of.Name))
                    foreach (var lead in entry.Links.Where(lead => Leads.Contains(lead.Name) && seen.Add(lead)))
                        todo.Enqueue(lead);
            }
            isCut = found.Count > MostOfStory;
        }
        var rows = await ViewAsync(found.Values.Take(MostOfStory), cancellationToken);
        return new StoryView(of, rows, await NamesAsync(rows, actor, cancellationToken), isCut);
    }

    /// <summary>Null where there is no such entry.</summary>
    public async Task<EntryPageView?> FindAsync(string id, Actor actor, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is not { } record)
            return null;
        var known = await logs.ListAsync(cancellationToken);
        var entry = EntryView.Of(record, known);
        return new EntryPageView(
            entry,
            record.Entry,
            await NamesAsync([entry], actor, cancellationToken),
            entry.Log is { } log ? KeyOf(log) : null,
            entry.Log is not null && entry.Log != known[0],
            settings.Witnesses
        );
    }

    /// <param name="id">Its index, through all epochs, as an address writes it.</param>
    public async Task<AuditRecord?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return null;
        var read = await entries.ReadAsync(index, 1, cancellationToken);
        return read is [var record] && record.Index == index ? record : null;
    }

    /// <summary>A delivery may have led to several runs: who asks for one of them is not told of the others.</summary>
    private static bool IsOfAnotherRun(EntryView entry, EntryField of) =>
        of.Name == "run" && entry.LinkOf("run") is { } run && run != of.Value;

    private async Task<IReadOnlyList<EntryView>> ViewAsync(
        IEnumerable<AuditRecord> records,
        CancellationToken cancellationToken
    )
    {
        var known = await logs.ListAsync(cancellationToken);
        return [.. records.Select(record => EntryView.Of(record, known))];
    }

    private async Task<KnownNames> NamesAsync(
        IReadOnlyList<EntryView> shown,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (!roles.Decide(actor, Act.ReadPeople, Scope.Installation).IsAllowed)
            return new KnownNames(new Dictionary<string, string>());
        var uids = shown.SelectMany(KnownNames.UidsIn);
        return new KnownNames(await PersonalReader.NamesAsync(people, uids, cancellationToken));
    }

    private static string KeyOf(StoredLog log)
    {
        using var keys = LogKeys.ToRead(log);
        return keys.Key.ToString();
    }
}
