using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Connections;

namespace Bascule.Server.Runs.Reproducing;

/// <summary>What whoever asks for a reproduction has to know before: what stays open, and of which model another version is registered.</summary>
/// <param name="Unpinned">A line each.</param>
/// <param name="Model">Null when none is.</param>
public sealed record Reproducible(IReadOnlyList<string> Unpinned, string? Model)
{
    private const int MostLines = 100;
    private const int LongestLine = 300;

    /// <summary>Conflict, with the reason, when the run is none that can be done over.</summary>
    public static Result<Reproducible> Of(Run run, EnvironmentConnections environments)
    {
        if (Fault(run) is { } fault)
            return Problem.Conflict(fault);
        if (environments.Find(run.Environment!) is not { } environment)
            return Problem.Conflict($"environment '{run.Environment}' is not in bascule.yaml any more");
        if (environment.Platform is not ITellsUnpinned platform)
            return Problem.Conflict(
                $"run {run.Id} deployed to platform '{environment.Platform.Name}', and a deployment is not done over to look at it; to bring it back: bascule run retry {run.Id}"
            );
        var pins = platform.ReadPins(run.Plan!);
        return pins.Failed(out var unread)
            ? unread
            : new Reproducible(
                [.. pins.Value.Unpinned.Take(MostLines).Select(line => PlainText.Line(line, LongestLine))],
                pins.Value.Model
            );
    }

    private static string? Fault(Run run) =>
        run switch
        {
            { Reproduces: { } original } => $"run {run.Id} is itself a reproduction; reproduce run {original}",
            { Promotes: not null } => $"run {run.Id} moved a name to a model version, and trained nothing",
            { IsRollback: true } => $"run {run.Id} is a rollback, and nothing is gained by doing that over",
            { IsFinal: false } => $"run {run.Id} has not ended; follow it with: bascule run watch {run.Id}",
            { PlatformRunId: null } or { Plan: null } or { Environment: null } =>
                $"run {run.Id} never ran, so there is nothing to reproduce",
            { State: not (RunState.Succeeded or RunState.Failed) } =>
                $"run {run.Id} was {run.State.Word()}, so there is no outcome to compare with; run it again with: bascule run retry {run.Id}",
            _ => null,
        };
}
