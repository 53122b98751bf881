namespace Bascule.Core.People;

/// <summary>Decides by roles: deny, unless a rule allows. Looks at each of somebody's groups once, however many there are and however many rules (THREATS T57).</summary>
public sealed class RoleRules
{
    private const string GroupPrefix = "group:";
    private readonly IReadOnlyList<RoleRule> _rules;
    private readonly Dictionary<string, List<RoleRule>> _byGroup = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RoleRule>> _byPerson = new(StringComparer.Ordinal);

    public RoleRules(IReadOnlyList<RoleRule> rules)
    {
        _rules = rules;
        foreach (var rule in rules)
        foreach (var selector in rule.To.Distinct())
            Add(rule, selector.Text);
    }

    public IReadOnlyList<RoleRule> All => _rules;

    /// <summary>The rules that name somebody, in the order of the settings. The local operator holds none: they are no person.</summary>
    public IReadOnlyList<HeldRole> Of(Actor actor)
    {
        if (actor.Subject is not { } subject)
            return [];
        var held = new SortedDictionary<int, (RoleRule Rule, List<string> Claims)>();
        var person = $"person:{subject.Issuer}#{subject.Id}";
        Note(held, _byPerson.GetValueOrDefault(person), person);
        foreach (var group in actor.Groups.Distinct(StringComparer.Ordinal))
            if (_byGroup.TryGetValue(group, out var rules))
                Note(held, rules, GroupPrefix + group);
        if (actor.Granted is { } granted)
            Note(held, [RoleRule.Grant(granted, Selector.Of(subject))], person);
        return [.. held.Values.Select(entry => new HeldRole(entry.Rule, entry.Claims))];
    }

    /// <summary>The rules by which somebody may act, somewhere at least.</summary>
    public IReadOnlyList<HeldRole> Of(Actor actor, Act act) =>
        IsBarred(actor, act) ? [] : [.. Of(actor).Where(held => RoleTable.Allows(held.Rule.Role, act))];

    /// <summary>What somebody may do, somewhere at least.</summary>
    public IReadOnlySet<Act> ActsOf(Actor actor)
    {
        var roles = Of(actor).Select(held => held.Rule.Role).Distinct().ToList();
        return Enum.GetValues<Act>()
            .Where(act =>
                actor == Actor.LocalOperator ? RoleTable.AllowsLocalOperator(act)
                : actor == Actor.LocalReader ? RoleTable.AllowsLocalReader(act)
                : !IsBarred(actor, act) && roles.Exists(role => RoleTable.Allows(role, act))
            )
            .ToHashSet();
    }

    /// <summary>Whether the actor may do this to that.</summary>
    public RoleDecision Decide(Actor actor, Act act, Scope scope) =>
        Decide(actor, act, rule => rule.Covers(scope) && RoleTable.IsWithin(rule.Role, act, scope));

    /// <summary>Whether there is anything at all to which the actor may do this.</summary>
    public RoleDecision DecideAnywhere(Actor actor, Act act) => Decide(actor, act, _ => true);

    private RoleDecision Decide(Actor actor, Act act, Func<RoleRule, bool> reaches)
    {
        if (actor == Actor.LocalOperator)
            return DecideLocal(act);
        if (actor == Actor.LocalReader && RoleTable.AllowsLocalReader(act))
            return new RoleDecision(true, act, "local listener", "whoever is on this machine may look");
        if (IsBarred(actor, act))
            return Deny(act, $"{Named(actor)} acts for nobody's judgement: only a person may {act.Say()}");
        var allowing = Of(actor, act);
        if (allowing.FirstOrDefault(held => reaches(held.Rule)) is { } found)
            return new RoleDecision(true, act, found.Rule.Key, $"{found.Rule} allows to {act.Say()}")
            {
                Claims = found.Claims,
            };
        return Deny(act, Because(actor, act, allowing)) with { WouldAllow = WouldAllow(act, reaches) };
    }

    private static RoleDecision DecideLocal(Act act) =>
        RoleTable.AllowsLocalOperator(act)
            ? new RoleDecision(
                true,
                act,
                "local token",
                $"whoever holds the local token of this machine may {act.Say()}"
            )
            : new RoleDecision(
                false,
                act,
                "local token",
                $"the local token names no person, and only a person may {act.Say()}: sign in"
            );

    /// <summary>Who is no human judges nothing (THREATS T154).</summary>
    private static bool IsBarred(Actor actor, Act act) => actor.Type != ActorType.Human && RoleTable.IsForHumans(act);

    private static RoleDecision Deny(Act act, string reason) => new(false, act, "roles", reason);

    private string Because(Actor actor, Act act, IReadOnlyList<HeldRole> allowing)
    {
        var needed = string.Join(" or ", RoleTable.Allowing(act)).ToLowerInvariant();
        if (allowing.Count > 0)
            return $"{Named(actor)} may {act.Say()} in some places only: {string.Join("; ", allowing.Select(held => held.Rule))}";
        var held = Of(actor).Select(one => one.Rule.Role).Distinct().Order().ToList();
        return held.Count == 0
            ? $"No rule under roles names {Named(actor)}; to {act.Say()} takes the role {needed}"
            : $"{Named(actor)} is {string.Join(" and ", held).ToLowerInvariant()}; to {act.Say()} takes the role {needed}";
    }

    private List<string> WouldAllow(Act act, Func<RoleRule, bool> reaches) =>
        [.. _rules.Where(rule => RoleTable.Allows(rule.Role, act) && reaches(rule)).Select(rule => rule.ToString())];

    private static string Named(Actor actor) => actor.Name;

    private void Add(RoleRule rule, string selector)
    {
        var (index, key) = selector.StartsWith(GroupPrefix, StringComparison.Ordinal)
            ? (_byGroup, selector[GroupPrefix.Length..])
            : (_byPerson, selector);
        if (!index.TryGetValue(key, out var rules))
            index[key] = rules = [];
        rules.Add(rule);
    }

    private static void Note(
        SortedDictionary<int, (RoleRule Rule, List<string> Claims)> held,
        List<RoleRule>? rules,
        string claim
    )
    {
        foreach (var rule in rules ?? [])
        {
            if (!held.TryGetValue(rule.Index, out var entry))
                held[rule.Index] = entry = (rule, []);
            entry.Claims.Add(claim);
        }
    }
}
