using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>
/// PUT, GET, list and cancel of jobs. Assumed: a PUT of a name that exists answers with the job that is there and changes nothing, whatever the body says, so that
/// it is the retry of the first; the description has only the status, and what the service does with another body was never confirmed.
/// </summary>
internal sealed class JobApi(JobStore store, JobRules rules, AmlPlace place, Paging paging, TimeProvider time)
{
    /// <summary>The least that the description allows.</summary>
    private const int RetrySeconds = 10;

    /// <summary>Called with each new job before its submission is answered.</summary>
    public Action<Job>? OnSubmitted { get; set; }

    public ArmReply Put(string name, ArmRequest request)
    {
        if (!AssetWrites.NamePattern().IsMatch(name))
            return AmlReply.Invalid("id", $"'{name}' is no name of a job.");
        if (Bodies.Properties(request, JobRules.Definition, out var fault) is not { } properties)
            return fault!;
        if (store.Find(name) is { } existing)
            return new(200, Show(existing));
        if (rules.Check(properties) is { } refusal)
            return refusal;
        var job = store.Add(name, Bodies.Pruned(properties));
        OnSubmitted?.Invoke(job);
        return new(201, Show(job));
    }

    public ArmReply Get(string name)
    {
        if (store.Find(name) is not { } job)
            return AmlReply.NotFound($"Job {name}");
        Look(job);
        return new(200, Show(job));
    }

    public ArmReply List(ArmRequest request)
    {
        if (request.Asked("listViewType") is not (null or "ActiveOnly" or "All"))
            return ArmReply.Unknown("archived jobs");
        return paging.Page(request, [.. store.All.Reverse().Where(job => IsAsked(job, request))], Show);
    }

    /// <summary>One that is over stays as it is.</summary>
    public ArmReply Cancel(string name)
    {
        if (store.Find(name) is not { } job)
            return AmlReply.NotFound($"Job {name}");
        if (job.IsOver)
            return new(200);
        job.Steps.Clear();
        if (job.Status != Job.CancelRequested)
            (job.CancelLooks, _) = (place.Options.CancelLooks, Move(job, Job.CancelRequested));
        var location = place.Options.Location;
        var results =
            $"/subscriptions/{place.Scope.Subscription}/providers/{AmlPlace.Provider.Namespace}/locations/{location}/mfeOperationResults/jc:{name}";
        return new ArmReply(202)
            .With(
                "Location",
                $"{place.ResourceManager.AbsoluteUri.TrimEnd('/')}{results}?api-version={AmlPlace.Provider.ApiVersion}"
            )
            .With("Retry-After", RetrySeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Result of a cancel: 202 until the job is over.</summary>
    public ArmReply Result(string id)
    {
        if (!id.StartsWith("jc:", StringComparison.Ordinal) || store.Find(id[3..]) is not { } job)
            return AmlReply.NotFound($"Operation {id}");
        Look(job);
        return job.IsOver
            ? new(200)
            : new ArmReply(202).With("Retry-After", RetrySeconds.ToString(CultureInfo.InvariantCulture));
    }

    private void Look(Job job)
    {
        if (job.Status == Job.CancelRequested && job.CancelLooks-- <= 0)
            Move(job, Job.Canceled);
        else if (job.Steps.TryDequeue(out var step))
            step();
    }

    private bool Move(Job job, string status)
    {
        job.Move(status, time.GetUtcNow());
        return true;
    }

    private static bool IsAsked(Job job, ArmRequest request) =>
        (request.Asked("jobType") is not { } type || (string?)job.Properties["jobType"] == type)
        && (request.Asked("tag") is not { } tag || job.Properties["tags"]?[tag] is not null)
        && (request.Asked("properties") is not { } asked || asked.Split(',').All(pair => Has(job, pair.Split('=', 2))));

    private static bool Has(Job job, string[] pair) =>
        (string?)job.Properties["properties"]?[pair[0]] is { } value && (pair.Length == 1 || pair[1] == value);

    private JsonObject Show(Job job)
    {
        var shown = job.Properties.DeepClone().AsObject();
        shown["status"] = job.Status;
        shown["experimentName"] ??= "Default";
        shown["displayName"] ??= job.Name;
        shown["isArchived"] ??= false;
        shown["services"] = Services(job);
        return AssetJson.Resource(place, $"jobs/{job.Name}", "jobs", job.Name, shown, job.Stamp);
    }

    /// <summary>Where it is tracked, and its page in the studio.</summary>
    private JsonObject Services(Job job) =>
        new()
        {
            ["Tracking"] = new JsonObject { ["jobServiceType"] = "Tracking", ["endpoint"] = place.TrackingUri },
            ["Studio"] = new JsonObject
            {
                ["jobServiceType"] = "Studio",
                ["endpoint"] = $"https://ml.azure.com/runs/{job.Name}?wsid={place.Scope.Service}",
            },
        };
}
