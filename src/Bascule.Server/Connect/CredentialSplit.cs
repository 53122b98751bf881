using Bascule.Core.Api;
using Bascule.Core.Platforms;

namespace Bascule.Server.Connect;

/// <summary>
/// Plans which environments log in with which account where one account does not take them all: a subject that stood for several environments would let
/// the one in where the other may go (THREATS T142).
/// </summary>
internal static class CredentialSplit
{
    /// <summary>A note for each account that has too many; none where all fit.</summary>
    public static IEnumerable<Finding> Of(IEnumerable<(string Environment, ICountsCredentials Platform)> logins) =>
        logins
            .Where(login => login.Platform.Account is not null)
            .GroupBy(login => login.Platform.Account!, StringComparer.Ordinal)
            .Where(account => account.Count() > account.First().Platform.MostCredentials)
            .Select(account =>
                Note(
                    account.Key,
                    account.First().Platform.MostCredentials,
                    [.. account.Select(login => login.Environment)]
                )
            );

    private static Finding Note(string account, int most, IReadOnlyList<string> environments)
    {
        var parts = environments
            .Order(StringComparer.Ordinal)
            .Chunk(most)
            .Select(part => string.Join(", ", part))
            .ToList();
        var others = parts
            .Skip(1)
            .Select((part, index) => $"connection {index + 2} with an account of its own: {part}");
        return new Finding(
            FindingKind.Bad,
            $"account {account}",
            $"it takes {most} credentials, and {environments.Count} environments log in with it; keep on it: {parts[0]}; and make {string.Join("; ", others)}"
        );
    }
}
