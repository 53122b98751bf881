using System.Text;
using Bascule.Cli.Features.Dags;
using Bascule.Cli.Features.Git;
using Bascule.Client;

namespace Bascule.Cli.Demo.Airflow;

/// <summary>
/// Airflow's DAG processor at work: it refreshes its Git bundle again and again. For each refresh git shows a token that the pod's own one was exchanged for, which
/// is what a bundle's credential helper would answer.
/// </summary>
internal sealed class BundleRefresh : IAsyncDisposable
{
    /// <summary>The <c>refresh_interval</c>; a real one is minutes, and nobody wants to watch that.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource _stop = new();
    private readonly AirflowDemo _airflow;
    private readonly DemoGround _ground;
    private readonly Dictionary<string, string> _gitEnvironment;
    private readonly Task _loop;
    private volatile string? _commit;

    /// <param name="gitEnvironment">Of the simulator's git; changed by this object alone, between refreshes.</param>
    public BundleRefresh(AirflowDemo airflow, DemoGround ground, Dictionary<string, string> gitEnvironment)
    {
        (_airflow, _ground, _gitEnvironment) = (airflow, ground, gitEnvironment);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What Airflow has parsed last; null before the first.</summary>
    public string? Commit => _commit;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var client = new GitTokenClient(new Uri(_ground.Url), _ground.CaFile);
        var file = _airflow.ProjectToken(_ground);
        await using var login = new WorkloadLogin(
            new PodToken(client, file, AirflowDemo.AddressOf(_ground)),
            TimeProvider.System
        );
        try
        {
            while (true)
            {
                _airflow.ProjectToken(_ground);
                await RefreshAsync(login);
                await Task.Delay(Interval, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // As it should.
        }
    }

    private async Task RefreshAsync(WorkloadLogin login)
    {
        // Before there is a repository no policy gives a token, and before the first deployment there is nothing to fetch.
        var token = await login.FindAsync(_stop.Token);
        if (token.Problem is not null)
            return;
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{token.Value!.Reveal()}"));
        _gitEnvironment["GIT_SSL_CAINFO"] = _ground.CaFile;
        _gitEnvironment["GIT_CONFIG_COUNT"] = "1";
        _gitEnvironment["GIT_CONFIG_KEY_0"] = "http.extraHeader";
        _gitEnvironment["GIT_CONFIG_VALUE_0"] = $"Authorization: Basic {pair}";
        (_commit, _) = await _airflow.Simulator.FollowAsync(_stop.Token);
    }
}
