using System.Globalization;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>
/// One Airflow. To deploy is to move the ref that it follows; a run of this platform has succeeded once Airflow has read the version, and the DAG run that the
/// workflow asks for has.
/// </summary>
internal sealed class AirflowPlatform : IPlatform, IDisposable
{
    private readonly AirflowOptions _options;
    private readonly AirflowClient _client;
    private readonly DagGate _gate = new(AirflowDefaults.Python, new PythonLimits());
    private readonly AirflowProgress _progress;

    public AirflowPlatform(AirflowOptions options, OutboundClient http, TimeProvider time)
    {
        _options = options;
        _client = new AirflowClient(options, http, time);
        _progress = new AirflowProgress(options, _client, time);
    }

    public string Kind => AirflowDefaults.Kind;

    public string Name => _options.Name;

    public Uri Address => _options.Url;

    public Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken) =>
        AirflowPlan.MakeAsync(_options, _gate, request, cancellationToken);

    public async Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        // A login that does not work is told before anything moves.
        var session = new AirflowSession(request.Identity, request.Audit);
        var known = await _client.IdentifyAsync(session, cancellationToken);
        if (known.Failed(out var problem))
            return problem;
        if ((await request.Launching(cancellationToken)).Failed(out var withdrawn))
            return withdrawn;
        var moved = await request.MoveDeployRef(cancellationToken);
        if (moved.Failed(out problem))
            return problem;
        request.Progress($"the deploy ref is at {request.Run.Commit.Short}; waiting for Airflow to read it");
        var at = moved.Value.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return new PlatformRun($"{AirflowProgress.IdStart}{at}", Page: null);
    }

    public Task<Result<Observation>> ObserveAsync(StartedRun run, CancellationToken cancellationToken) =>
        _progress.LookAsync(run, cancellationToken);

    public async Task<Result<Done>> CancelAsync(StartedRun run, CancellationToken cancellationToken) =>
        ((AirflowTask)run.Task).Run is { } dag
            ? await _client.Runs.CancelAsync(
                new AirflowSession(run.Identity, run.Audit),
                dag,
                run.Run.Key.Hex,
                cancellationToken
            )
            : Result.Done;

    public Task<Result<string>> IdentifyAsync(IRunIdentity identity, CancellationToken cancellationToken) =>
        _client.IdentifyAsync(new AirflowSession(identity, Audit: null), cancellationToken);

    public string FederationSetup(string issuer, string subject, string environment) =>
        AirflowSetup.Text(_options, issuer, subject, environment);

    public void Dispose() => _client.Dispose();
}
