using Bascule.Client;
using Bascule.Connectors.Git;
using Bascule.Core;

namespace Bascule.Cli.Features.Dags;

/// <summary>A folder that follows a branch, with all that this takes.</summary>
internal sealed class Following : IAsyncDisposable
{
    private readonly FollowOptions _options;
    private readonly GitTokenClient? _client;
    private readonly IGitLogin _login;

    private Following(FollowOptions options, GitCommand git, DagsFolder folder, GitTokenClient? client, IGitLogin login)
    {
        (_options, _client, _login, Folder) = (options, client, login, folder);
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
            while (true)
            {
                var looked = await Follower.LookAsync(cancellationToken);
                if (looked.Failed(out var problem))
                    voice.Fail(problem);
                else if (looked.Value is { } published)
                    voice.Show(published);
                else
                    voice.Recover();
                await Task.Delay(pace.After(problem), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As it should.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _login.DisposeAsync();
        _client?.Dispose();
        Folder.Dispose();
    }
}
