using System.Globalization;
using Microsoft.AspNetCore.Authentication;

namespace Bascule.Server.SignIn;

/// <summary>What is remembered of a sign-in while the person is at the provider. It travels with them as the state, sealed.</summary>
internal sealed class SignInTicket(AuthenticationProperties properties)
{
    public AuthenticationProperties Properties { get; } = properties;

    public string? Nonce
    {
        get => Read("nonce");
        init => Write("nonce", value);
    }

    public DateTimeOffset? Until
    {
        get =>
            long.TryParse(Read("until"), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? DateTimeOffset.FromUnixTimeSeconds(at)
                : null;
        init => Write("until", value?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the person is asked to prove again who they are, although the provider knows them.</summary>
    public bool Fresh
    {
        get => Read("fresh") is not null;
        init => Write("fresh", value ? "yes" : null);
    }

    public string? FirstAdminLink
    {
        get => Read("first-admin");
        init => Write("first-admin", value);
    }

    /// <summary>What has no value comes back as an empty one.</summary>
    private string? Read(string key) =>
        Properties.Items.TryGetValue(key, out var value) && value is { Length: > 0 } ? value : null;

    private void Write(string key, string? value) => Properties.Items[key] = value;
}
