using Bascule.Core;
using Bascule.Core.Runs;

namespace Bascule.Testing.Runs;

/// <summary>Does what is asked at once, with the refusals of the real one.</summary>
public sealed class FakeRunCommands(FakeRunStore runs) : IRunCommands
{
    private readonly List<string> _asked = [];

    public IReadOnlyList<string> Asked => _asked;

    /// <summary>Answered instead of anything else, to see a refusal.</summary>
    public Problem? Refusal { get; set; }

    public async Task<Result<Run>> CancelAsync(RunId id, string by, CancellationToken cancellationToken)
    {
        _asked.Add($"cancel {id} by {by}");
        return await runs.FindAsync(id, cancellationToken) switch
        {
            _ when Refusal is not null => Refusal,
            null => Problem.NotFound($"there is no run '{id}'"),
            { IsFinal: true } => Problem.Conflict($"run {id} has ended already"),
            var run => runs.Replace(run with { CancelRequested = true, Revision = run.Revision + 1 }),
        };
    }

    public async Task<Result<Run>> RetryAsync(RunId id, string by, CancellationToken cancellationToken)
    {
        _asked.Add($"retry {id} by {by}");
        return await runs.FindAsync(id, cancellationToken) switch
        {
            _ when Refusal is not null => Refusal,
            null => Problem.NotFound($"there is no run '{id}'"),
            { IsFinal: false } => Problem.Conflict($"run {id} has not ended"),
            var run => runs.Add(run with { Id = RunId.New(), Ordinal = run.Ordinal + 1, State = RunState.Queued }),
        };
    }

    public async Task<Result<Run>> ReproduceAsync(
        RunId id,
        ReproductionRequest request,
        string by,
        CancellationToken cancellationToken
    )
    {
        var (because, register) = (request.Because ?? "nothing", request.Register ? ", to be registered" : "");
        _asked.Add($"reproduce {id} by {by} because {because}{register}");
        return await runs.FindAsync(id, cancellationToken) switch
        {
            _ when Refusal is not null => Refusal,
            null => Problem.NotFound($"there is no run '{id}'"),
            { PlatformRunId: null } => Problem.Conflict($"run {id} never ran"),
            var run => runs.Add(run with { Id = RunId.New(), Reproduces = id, State = RunState.Queued }),
        };
    }
}
