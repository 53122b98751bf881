using Bascule.Core;
using Bascule.Server.Configuration;

namespace Bascule.Server.SignIn;

/// <summary>The page on which people choose where to prove who they are.</summary>
public sealed record SignInView(IReadOnlyList<SignInChoice> Choices)
{
    /// <summary>Why the last try failed.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Whether this sign-in makes an administrator.</summary>
    public bool MakesAdmin { get; init; }

    /// <summary>Whether the provider is to ask for the password again, although it may know the person.</summary>
    public bool Fresh { get; init; }

    internal static SignInView Of(
        IReadOnlyList<SignInProvider> providers,
        string? returnTo,
        string? firstAdminLink,
        bool fresh = false
    )
    {
        var query = Query(
            ("return", returnTo is null or "/" ? null : returnTo),
            ("first_admin", firstAdminLink),
            ("fresh", fresh ? "1" : null)
        );
        return new SignInView([
            .. providers.Select(provider => new SignInChoice(
                provider.Title,
                SignInRoutes.Begin(provider.Name).TrimStart('/') + query
            )),
        ])
        {
            MakesAdmin = firstAdminLink is not null,
            Fresh = fresh,
        };
    }

    private static string Query(params (string Name, string? Value)[] parts)
    {
        var given = parts
            .Where(part => part.Value is not null)
            .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}");
        return string.Join('&', given) is { Length: > 0 } text ? "?" + text : "";
    }
}

/// <param name="Title">On the button.</param>
/// <param name="Address">Relative to the console's base.</param>
public sealed record SignInChoice(string Title, string Address);

/// <summary>The page after signing out.</summary>
/// <param name="Provider">Where the person may still be signed in; null when nobody knows.</param>
/// <param name="EndAddress">Signs out there too; null when the provider has no such page.</param>
public sealed record SignedOutView(string? Provider, Uri? EndAddress);
