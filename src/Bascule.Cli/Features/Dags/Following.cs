using Bascule.Client;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Features.Dags;

/// <summary>A folder that follows a branch, with all that this takes.</summary>
internal sealed class Following : IAsyncDisposable
{
    private readonly FollowOptions _options;
    private readonly GitTokenClient? _client;
    private readonly IGitLogin _login;
    private readonly IChangeWait _wait;

    private Following(FollowOptions options, GitCommand git, DagsFolder folder, GitTokenClient? client, IGitLogin login)
    {
        (_options, _client, _login, Folder) = (options, client, login, folder);
        _wait =
            DeployRefWait.Fits(options) && login is not NoLogin
                ? new DeployRefWait(
                    new DeployRefClient(options.Address.Server!, options.Ca),
                    login,
                    options.Address.Text,
                    TimeProvider.System
                )
                : new IntervalWait();
        var repository = new FollowedRepository(git, folder.Repository, options, login);
        Follower = new Follower(repository, folder, options, TimeProvider.System);
    }

    public DagsFolder Folder { get; }

    public Follower Follower { get; }

    /// <summary>Takes the folder for this process. NotFound without git; Conflict or Unavailable where the folder cannot be had.</summary>
    /// <param name="loginFor">Given null for a repository on this machine.</param>
    public static Result<Following> Open(FollowOptions options, Func<GitTokenClient?, IGitLogin> loginFor)
    {
        try
        {
            var git = new GitCommand(new GitOptions { Protocols = [options.Address.Protocol] });
            var folder = DagsFolder.Open(options.Folder);
            if (folder.Failed(out var problem))
                return problem;
            var client = options.Address.Server is { } server ? new GitTokenClient(server, options.Ca) : null;
            return new Following(options, git, folder.Value, client, loginFor(client));
        }
        catch (FileNotFoundException missing)
        {
            return Problem.NotFound(missing.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{options.Folder}' cannot be written: {failure.Message}");
        }
    }

    /// <summary>Looks again and again. Returns when it is told to stop, which is how it ends well.</summary>
    public async Task RunAsync(IFollowVoice voice, CancellationToken cancellationToken)
    {
        var pace = new FollowPace(_options.Interval, Random.Shared.NextDouble);
        try
        {
            CommitId? told = null;
            while (true)
            {
                var looked = await Follower.LookAsync(told, cancellationToken);
                if (looked.Failed(out var problem))
                    voice.Fail(problem);
                else if (looked.Value is { } published)
                    voice.Show(published);
                else
                    voice.Recover();
                var isAsTold = problem is null && (told is null || told == Folder.Current);
                told = await PauseAsync(pace.After(problem), isAsTold, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As it should.
        }
    }

    /// <summary>Where something is wrong, or was not as told, it does not go on at once.</summary>
    private async Task<CommitId?> PauseAsync(TimeSpan pause, bool isAsTold, CancellationToken cancellationToken)
    {
        if (isAsTold)
            return await _wait.WaitAsync(Folder.Current, pause, cancellationToken);
        await Task.Delay(pause, cancellationToken);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _wait.Dispose();
        await _login.DisposeAsync();
        _client?.Dispose();
        Folder.Dispose();
    }
}
