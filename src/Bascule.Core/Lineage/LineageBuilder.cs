using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Platforms;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;

namespace Bascule.Core.Lineage;

/// <summary>Puts what is stored together as nodes and edges. The same thing is one node, however often it is met; the better assurance stays.</summary>
internal sealed class LineageBuilder(LineageReader reader)
{
    private const string OwnRecord = "Bascule's own record";
    private readonly Dictionary<string, LineageNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly List<LineageEdge> _edges = [];
    private readonly List<LineageOmission> _omitted = [];
    private readonly LineagePeople _people = new(reader.SeesNames);
    private readonly HashSet<(RepositoryKey Repository, CommitId Commit)> _commits = [];

    public List<string> Asked { get; } = [];

    public IReadOnlyCollection<CommitId> Commits => [.. _commits.Select(known => known.Commit).Distinct()];

    public (IReadOnlyCollection<string> Uids, IReadOnlyCollection<ForgeAccountKey> Accounts) People => _people.Asked;

    public static string IdOf(ModelVersion model) => $"model:{ModelReference.Of(model.Name, model.Version)}";

    public void LeaveOut(string what, long count)
    {
        if (count > 0)
            _omitted.Add(new LineageOmission(what, count));
    }

    public void Add(IReadOnlyList<Run> runs, RunFacts facts)
    {
        foreach (var run in runs)
        {
            var commit = AddCommit(run.Repository, run.Commit, run.RepositoryName, run.CommitSubject, run.CreatedAt);
            var node = AddRun(run);
            Link(commit, node, "ran as", "ran");
            AddOrigin(run, commit, facts);
            AddApprovals(run, node, facts);
            AddEnds(run, node, facts);
            foreach (var (_, by) in facts.Proofs.Where(proof => proof.Run == run.Id))
                AddProof(run, commit, by);
        }
    }

    public void Add(IReadOnlyList<PushedRef> pushes)
    {
        foreach (var push in pushes.Where(push => _commits.Contains((push.Repository, push.Head))))
        {
            var commit = IdOf(push.Repository, push.Head);
            var noun = push.ActorType == ActorType.Human ? "person" : "workload";
            var by = AddPerson(
                push.ActorUid,
                push.Repository.ForgeUid,
                noun,
                $"its push {push.Push} through Bascule",
                LineageAssurance.Proven
            );
            Link(by, commit, "pushed", "pushed by");
            if (push.ActorType == ActorType.Human)
                Raise(commit, LineageAssurance.Proven, "pushed through Bascule");
        }
    }

    public void Add(RefUpdate update, CommitId commit)
    {
        var node = AddCommit(update.Repository, commit, "", "", update.At);
        if (update.By is { } by)
            Link(AddAccount(update.Repository.ForgeUid, by), node, "pushed", "pushed by");
        if (update.Delivery is { } delivery)
            Link(AddDelivery(delivery, null), node, "told of", "told by");
    }

    /// <param name="only">Nothing else that they registered; null for all.</param>
    public void AddObserved(IReadOnlyList<ObservedRun> observed, ModelVersion? only = null)
    {
        foreach (var run in observed)
        {
            var known = $"{CommitSource.Words(run.Tag)} on platform {run.Platform}";
            var commit = AddCommit(run.Repository, run.Commit, "", "", run.StartedAt ?? run.NotedAt);
            var node = Add(
                new LineageNode($"observed:{run.Environment}:{run.Id}", LineageKind.PlatformRun)
                {
                    Noun = "observed run",
                    Title = run.Name ?? run.Id,
                    Detail = Words(run.State, run.By is null ? null : $"of {run.By}", $"in {run.Environment}"),
                    KnownFrom = known,
                    Assurance = LineageAssurance.Observed,
                    At = run.StartedAt ?? run.NotedAt,
                    Page = run.Page,
                }
            );
            Link(commit, node, "is named by", "names");
            foreach (var model in run.Models.Where(model => only is null || model == only))
                Link(
                    node,
                    AddModel(model, LineageAssurance.Observed, $"run {run.Id} on platform {run.Platform}"),
                    "registered",
                    "registered by"
                );
        }
    }

    public LineageGraph Build(IReadOnlyList<KnownPerson> known)
    {
        // What Bascule's own run made is Bascule's to tell: a tag of somebody else's run does not make it theirs as well.
        _edges.RemoveAll(edge =>
            _nodes[edge.From].Assurance == LineageAssurance.Observed
            && _nodes[edge.To] is { Kind: LineageKind.Product, Assurance: < LineageAssurance.Observed }
        );
        var (nodes, same) = _people.Name(_order.Select(id => _nodes[id]), known);
        var edges = _edges.Select(edge => edge with { From = same(edge.From), To = same(edge.To) }).Distinct().ToList();
        return new LineageGraph(Asked, nodes, edges, _omitted);
    }

    private string AddRun(Run run) =>
        Add(
            new LineageNode(LineageGraph.IdOf(run), LineageKind.Run)
            {
                Noun = "run",
                Title = run.Workflow,
                Detail = Words(
                    run.Id.Text,
                    run.State.Word(),
                    run.Environment is null ? "plan only" : $"in {run.Environment}",
                    run.Reproduces is { } original ? $"reproduces run {original}" : null
                ),
                KnownFrom = OwnRecord,
                Assurance = LineageAssurance.Proven,
                At = run.StartedAt ?? run.CreatedAt,
                Question = run.Id.Text,
                Run = run.Id,
            }
        );

    private void AddOrigin(Run run, string commit, RunFacts facts)
    {
        if (run.By is { } by)
            Link(AddAccount(run.Repository.ForgeUid, by), commit, "pushed", "pushed by");
        if (run.Delivery is { } delivery)
            Link(
                AddDelivery(delivery, facts.Deliveries.FirstOrDefault(known => known.Uid == delivery)),
                commit,
                "told of",
                "told by"
            );
        foreach (var pull in facts.PullRequests.Where(pull => Brought(pull, run)))
            Link(AddPullRequest(pull), commit, "brought", "brought by");
    }

    private static bool Brought(PullRequest pull, Run run) =>
        pull.Repository == run.Repository && (pull.Number == run.PullRequest || pull.MergeCommit == run.Commit);

    private void AddApprovals(Run run, string node, RunFacts facts)
    {
        var thing = ApprovedThing.Of(run);
        foreach (var given in facts.Approvals.Where(given => given.Run == run.Id && given.Thing == thing))
        {
            var isReview = given.Source == ApprovalSource.Review;
            var assurance = isReview ? LineageAssurance.Asserted : LineageAssurance.Proven;
            var known = isReview ? "a review at the forge" : "given at Bascule";
            var approval = Add(
                new LineageNode($"approval:{given.Uid}", LineageKind.Approval)
                {
                    Noun = "approval",
                    Title = given.Uid,
                    Detail = Words(
                        $"of content {given.Thing.Content.Short}",
                        given.CarriedFrom is { } from ? $"carried over from run {from}" : null
                    ),
                    KnownFrom = known,
                    Assurance = assurance,
                    At = given.At,
                    Run = run.Id,
                }
            );
            Link(
                AddPerson(given.PersonUid, run.Repository.ForgeUid, "person", known, assurance),
                approval,
                "gave",
                "given by"
            );
            Link(approval, node, "allowed", "allowed by");
        }
        foreach (var act in facts.BreakGlass.Where(act => act.Run == run.Id && act.Thing == thing))
        {
            var glass = Add(
                new LineageNode($"approval:break-glass:{run.Id}", LineageKind.Approval)
                {
                    Noun = "break-glass",
                    Title = "without its approvals",
                    Detail = act.Reason,
                    KnownFrom = "done at Bascule",
                    Assurance = LineageAssurance.Proven,
                    At = act.At,
                    Run = run.Id,
                }
            );
            var by = AddPerson(
                act.PersonUid,
                run.Repository.ForgeUid,
                "person",
                "done at Bascule",
                LineageAssurance.Proven
            );
            Link(by, glass, "broke", "broken by");
            Link(glass, node, "let go", "let go by");
        }
    }

    private void AddEnds(Run run, string node, RunFacts facts)
    {
        if (run.Environment is { } environment)
            Link(
                node,
                Add(
                    new LineageNode($"environment:{environment}", LineageKind.Environment)
                    {
                        Noun = "environment",
                        Title = environment,
                        KnownFrom = "the server's settings",
                        Assurance = LineageAssurance.Proven,
                    }
                ),
                "ran in",
                "took"
            );
        var last = node;
        if (run.PlatformRunId is { } id)
        {
            last = Add(
                new LineageNode($"platform:{run.Environment}:{id}", LineageKind.PlatformRun)
                {
                    Noun = "platform run",
                    Title = id,
                    KnownFrom = "the platform's answer when Bascule started it",
                    Assurance = LineageAssurance.Proven,
                    At = run.StartedAt,
                    Page = run.PlatformPage,
                    Run = run.Id,
                }
            );
            Link(node, last, "started", "started by");
        }
        foreach (var (_, model) in facts.Models.Where(model => model.Run == run.Id))
            Link(
                last,
                AddModel(model, LineageAssurance.Asserted, $"the platform, which names the seal of run {run.Id}"),
                "registered",
                "registered by"
            );
    }

    private void AddProof(Run run, string commit, ProvenBy by)
    {
        var known = by.IsPush ? $"its push {by.Fingerprint} through Bascule" : $"its signature with {by.Fingerprint}";
        var person = AddPerson(by.PersonUid, run.Repository.ForgeUid, "person", known, LineageAssurance.Proven);
        Link(person, commit, by.IsPush ? "pushed" : "signed", by.IsPush ? "pushed by" : "signed by");
        Raise(commit, LineageAssurance.Proven, by.IsPush ? "pushed through Bascule" : "signed with a confirmed key");
    }

    private string AddCommit(RepositoryKey repository, CommitId commit, string name, string subject, DateTimeOffset at)
    {
        _commits.Add((repository, commit));
        var id = IdOf(repository, commit);
        if (_nodes.TryGetValue(id, out var met) && (met.Detail.Length > 0 || name.Length == 0))
            return id;
        var node = new LineageNode(id, LineageKind.Commit)
        {
            Noun = "commit",
            Title = commit.Short,
            Detail = Words(subject, name),
            KnownFrom = "the forge",
            Assurance = LineageAssurance.Asserted,
            At = at,
            Question = commit.ToString(),
        };
        if (met is not null)
            _nodes[id] = met with { Detail = node.Detail };
        return met is null ? Add(node) : id;
    }

    private string AddModel(ModelVersion model, LineageAssurance assurance, string known)
    {
        var id = Add(
            new LineageNode(IdOf(model), LineageKind.Product)
            {
                Noun = "model version",
                Title = model.Name,
                Detail = $"version {model.Version}",
                KnownFrom = known,
                Assurance = assurance,
                Question = ModelReference.Of(model.Name, model.Version),
                Page = model.Page,
            }
        );
        Raise(id, assurance, known);
        return id;
    }

    private string AddDelivery(string uid, DeliveryOrigin? known) =>
        Add(
            new LineageNode($"delivery:{uid}", LineageKind.Delivery)
            {
                Noun = "delivery",
                Title = uid,
                Detail = known?.EventName ?? "",
                KnownFrom = "a signed hook of the forge",
                Assurance = LineageAssurance.Asserted,
                At = known?.ReceivedAt,
            }
        );

    private string AddPullRequest(PullRequest pull) =>
        Add(
            new LineageNode($"pull:{pull.Repository}:{pull.Number}", LineageKind.PullRequest)
            {
                Noun = "pull request",
                Title = $"#{pull.Number}",
                Detail = pull.Title,
                KnownFrom = "a signed hook of the forge",
                Assurance = LineageAssurance.Asserted,
                At = pull.UpdatedAt,
            }
        );

    private string AddPerson(string uid, string forgeUid, string noun, string known, LineageAssurance assurance)
    {
        var id = Add(_people.Note(uid, forgeUid, noun, known, assurance));
        Raise(id, assurance, known);
        return id;
    }

    private string AddAccount(string forgeUid, ForgeAccount account) => Add(_people.Note(forgeUid, account));

    private static string IdOf(RepositoryKey repository, CommitId commit) =>
        $"commit:{repository.ForgeUid}:{repository.Id}:{commit}";

    private string Add(LineageNode node)
    {
        if (_nodes.TryAdd(node.Id, node))
            _order.Add(node.Id);
        return node.Id;
    }

    private void Raise(string id, LineageAssurance assurance, string known)
    {
        if (assurance < _nodes[id].Assurance)
            _nodes[id] = _nodes[id] with { Assurance = assurance, KnownFrom = known };
    }

    private void Link(string from, string to, string word, string back) =>
        _edges.Add(new LineageEdge(from, to, word, back));

    private static string Words(params string?[] words) =>
        string.Join(", ", words.Where(word => !string.IsNullOrEmpty(word)));
}
