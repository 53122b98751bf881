using Bascule.Core.Forges;

namespace Bascule.Core.Lineage;

/// <summary>
/// The people of a lineage: by pseudonym, or by an account of which the forge tells. An account that somebody has proven to be theirs is theirs.
/// </summary>
internal sealed class LineagePeople(bool seesNames)
{
    private readonly Dictionary<string, (string Uid, string ForgeUid)> _people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ForgeAccountKey> _accounts = new(StringComparer.Ordinal);

    /// <summary>Who has to be looked up.</summary>
    public (IReadOnlyCollection<string> Uids, IReadOnlyCollection<ForgeAccountKey> Accounts) Asked =>
        ([.. _people.Values.Select(person => person.Uid).Distinct()], [.. _accounts.Values]);

    public LineageNode Note(string uid, string forgeUid, string noun, string known, LineageAssurance assurance)
    {
        var node = new LineageNode($"person:{uid}", LineageKind.Person)
        {
            Noun = noun,
            Title = uid,
            KnownFrom = known,
            Assurance = assurance,
        };
        _people.TryAdd(node.Id, (uid, forgeUid));
        return node;
    }

    public LineageNode Note(string forgeUid, ForgeAccount account)
    {
        var node = new LineageNode($"account:{forgeUid}:{account.Id}", LineageKind.Person)
        {
            Noun = "account",
            Title = account.Login,
            KnownFrom = "a signed hook of the forge",
            Assurance = LineageAssurance.Asserted,
        };
        _accounts.TryAdd(node.Id, new ForgeAccountKey(forgeUid, account.Id));
        return node;
    }

    /// <summary>Each node once, with what its person is called; and which node now stands for which.</summary>
    public (IReadOnlyList<LineageNode> Nodes, Func<string, string> Same) Name(
        IEnumerable<LineageNode> nodes,
        IReadOnlyList<KnownPerson> known
    )
    {
        var all = nodes.ToList();
        var same = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, account) in _accounts)
            if (known.FirstOrDefault(person => person.Accounts.Any(one => one.Key == account)) is { } owner)
                same[id] = $"person:{owner.Uid}";
        var named = all.Select(node => node.Kind == LineageKind.Person ? Named(node, same, known) : node)
            .GroupBy(node => node.Id, StringComparer.Ordinal)
            .Select(group => group.MinBy(node => node.Assurance)!)
            .ToList();
        return (named, id => same.GetValueOrDefault(id, id));
    }

    private LineageNode Named(LineageNode node, Dictionary<string, string> same, IReadOnlyList<KnownPerson> known)
    {
        var id = same.GetValueOrDefault(node.Id, node.Id);
        if (known.FirstOrDefault(person => $"person:{person.Uid}" == id) is not { } person)
            return node;
        var forge = _accounts.TryGetValue(node.Id, out var account) ? account.ForgeUid : _people[node.Id].ForgeUid;
        var login = person.Accounts.FirstOrDefault(one => one.Key.ForgeUid == forge).Login;
        string?[] names = [seesNames ? person.Name : null, login, person.Uid];
        var shown = names.Where(name => !string.IsNullOrEmpty(name)).Distinct(StringComparer.Ordinal).ToList();
        return node with
        {
            Id = id,
            Noun = node.Noun == "account" ? "person" : node.Noun,
            Title = shown[0]!,
            Detail = string.Join(", ", shown.Skip(1)),
        };
    }
}
