using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// The token that a platform projects into a pod, exchanged for one repository, for fetching alone. It is read anew each time, because the platform renews it, and
/// leaves for nowhere but Bascule.
/// </summary>
internal sealed class PodToken(GitTokenClient client, string file, string repository) : IAskpassSource
{
    private const string Scope = "git:fetch";
    private const int MaxLength = 32 * 1024;

    public async Task<Result<GivenGitToken>> MakeAsync()
    {
        var shown = Read();
        return shown.Failed(out var nothing)
            ? nothing
            : await client.ExchangeAsync(shown.Value, repository, Scope, CancellationToken.None);
    }

    public Task EndAsync(Secret token, CancellationToken cancellationToken) =>
        client.RevokeAsync(token, cancellationToken);

    private Result<Secret> Read()
    {
        try
        {
            var text = File.ReadAllText(file).Trim();
            return text.Length is > 0 and <= MaxLength && text.All(letter => letter is > ' ' and < '\x7f')
                ? new Secret(text)
                : Problem.Invalid($"'{file}' holds no token");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read: {failure.Message}");
        }
    }
}
