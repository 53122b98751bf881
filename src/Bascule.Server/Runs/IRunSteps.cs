using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Server.Runs;

/// <summary>What a run does at its platform. Each step may be taken again after a crash.</summary>
internal interface IRunSteps
{
    /// <summary>What would be done, by the settings of now.</summary>
    Task<Result<PlatformPlan>> PlanAsync(CancellationToken cancellationToken);

    /// <param name="launching">As <see cref="StartRequest.Launching"/>.</param>
    Task<Result<PlatformRun>> StartAsync(
        Action<string> progress,
        Func<CancellationToken, Task<Result<Done>>> launching,
        CancellationToken cancellationToken
    );

    Task<Result<Observation>> ObserveAsync(CancellationToken cancellationToken);

    Task<Result<Done>> CancelAsync(CancellationToken cancellationToken);

    /// <summary>Empty where it has none.</summary>
    Task<Result<RunResults>> ReadResultsAsync(CancellationToken cancellationToken);

    /// <summary>What is not as the run left it. Invalid where the platform cannot tell.</summary>
    Task<Result<IReadOnlyList<Difference>>> FindDriftAsync(CancellationToken cancellationToken);
}
