using Bascule.Simulators.Airflow.Access;
using Bascule.Simulators.Airflow.Bundle;
using Bascule.Simulators.Airflow.Runs;
using Bascule.Simulators.Airflow.V1;
using Bascule.Simulators.Airflow.V2;
using Bascule.Simulators.Airflow.Wire;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Traffic;

namespace Bascule.Simulators.Airflow;

/// <summary>
/// A strict stand-in for one Airflow: its public API, and a DAG processor that follows a Git ref with a real git client. No Python is run: what files mean is
/// read from their text, and runs end by the clock.
/// </summary>
public sealed class AirflowSimulator : IAsyncDisposable
{
    public const string Label = "Airflow simulator";
    private readonly Lock _gate = new();
    private readonly AirflowSimulatorOptions _options;
    private readonly Checkout _checkout;
    private readonly DagStore _dags;
    private readonly RunStore _runs = new();
    private readonly Faults _faults = new();
    private readonly Users _users;
    private readonly BearerCheck _bearer;
    private readonly AirflowServer _server;
    private readonly Listener _listener;
    private string? _commit;

    private AirflowSimulator(AirflowSimulatorOptions options)
    {
        _options = options;
        _checkout = new Checkout(options);
        _dags = new DagStore(options);
        _users = new Users(options.TimeProvider);
        _bearer = new BearerCheck(options.TrustedJwks, _users, options.TimeProvider);
        IAirflowApi api =
            options.Generation == AirflowGeneration.Three
                ? new V2Api(new V2Routes(options, _dags, _runs).All(), _users, _bearer)
                : new V1Api(new V1Routes(options, _dags, _runs).All(), _users);
        _server = new AirflowServer(api, _faults, _gate, options.TimeProvider);
        _listener = new Listener(0, options.Authority.ServerCertificate, _server.HandleAsync);
    }

    /// <summary>With port, without path.</summary>
    public Uri Url => _listener.Url;

    /// <summary>The latest 10,000 answered requests, refused ones included.</summary>
    public IReadOnlyList<RecordedExchange> Exchanges => _server.Exchanges;

    /// <summary>How many different runs were ever started.</summary>
    public int RunCount
    {
        get
        {
            lock (_gate)
                return _runs.Count;
        }
    }

    public static async Task<AirflowSimulator> StartAsync(
        AirflowSimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        Directory.CreateDirectory(options.DataDirectory);
        var simulator = new AirflowSimulator(options with { DataDirectory = Path.GetFullPath(options.DataDirectory) });
        await simulator._listener.StartAsync(cancellationToken);
        return simulator;
    }

    public void AddUser(AirflowUser user) => _users.Add(user);

    /// <summary>Tokens from <c>/auth/token</c> are over.</summary>
    public void EndTokens() => _users.EndTokens();

    /// <summary>One round of the bundle's refresh, or of git-sync, and of the parser after it.</summary>
    /// <returns>The commit that was parsed, and why git could not fetch if it could not.</returns>
    public async Task<(string? Commit, string? Fault)> FollowAsync(CancellationToken cancellationToken = default)
    {
        var fault = await FetchAsync(cancellationToken);
        await ParseAsync(cancellationToken);
        return (_commit, fault);
    }

    /// <summary>Brings the ref's commit here, and parses nothing.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    public async Task<string?> FetchAsync(CancellationToken cancellationToken = default)
    {
        (_commit, var fault) = await _checkout.FetchAsync(cancellationToken);
        return fault;
    }

    /// <summary>Parses what was fetched last; it may be old.</summary>
    public async Task ParseAsync(CancellationToken cancellationToken = default)
    {
        if (_commit is not { } commit)
            return;
        var files = await _checkout.ReadAsync(commit, cancellationToken);
        lock (_gate)
            _dags.Write(commit, files, _options.TimeProvider.GetUtcNow());
    }

    /// <summary>Runs of a paused DAG stay queued.</summary>
    /// <exception cref="ArgumentException">There is no such DAG.</exception>
    public void Pause(string dagId, bool paused = true)
    {
        lock (_gate)
        {
            var dag = _dags.Find(dagId) ?? throw new ArgumentException($"No DAG '{dagId}'.", nameof(dagId));
            dag.IsPaused = paused;
        }
    }

    public void Inject(Fault fault) => _faults.Add(fault);

    public void ClearFaults() => _faults.Clear();

    /// <summary>Whether something is still to go wrong.</summary>
    public bool HasFaults => !_faults.IsEmpty;

    /// <summary>Connections break and new ones are refused until <see cref="Resume"/>.</summary>
    public void GoOffline() => _listener.GoOffline();

    public void Resume() => _listener.Resume();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _bearer.Dispose();
    }
}
