using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Issuers;

/// <summary>An issuer of identity tokens, as the settings describe it.</summary>
public sealed partial record IssuerOptions
{
    /// <summary>What messages call it, e.g. <c>issuer 'okta'</c>.</summary>
    public required string Subject { get; init; }

    public required TrustedIssuer Issuer { get; init; }

    /// <summary>PEM certificates of the private CA that signed the server's; the system's roots when absent.</summary>
    public string? CaFile { get; init; }

    /// <summary>Hosts besides the issuer's own that its <c>jwks_uri</c> may name, e.g. <c>www.googleapis.com</c>; with the port where it is not 443.</summary>
    public IReadOnlyList<string> KeyHosts { get; init; } = [];

    public IssuerTimes Times { get; init; } = IssuerTimes.Default;

    /// <summary>Reads <c>url, algorithms, audiences, max_lifetime, clock_skew, ca, jwks_hosts</c>. Null when something is wrong; all of it is in the reader then.</summary>
    public static IssuerOptions? Read(string name, SettingReader settings, ConnectionHost host) =>
        Read(name, settings, host, "url", settings.Texts("audiences"));

    /// <summary>As <see cref="Read(string, SettingReader, ConnectionHost)"/> for a sign-in: the address is called <c>issuer</c>, and the client is the audience.</summary>
    public static IssuerOptions? ReadForSignIn(string name, SettingReader settings, ConnectionHost host) =>
        Read(name, settings, host, "issuer", []);

    /// <summary>A client for the issuer's own address, or for one that its checked discovery document names.</summary>
    internal OutboundClient Connect(Uri url, TimeProvider time, Action<string>? detail) =>
        new(
            new OutboundOptions
            {
                Subject = Subject,
                Url = url,
                CaFile = CaFile,
                Timeout = Times.Answer,
                Time = time,
                Detail = detail,
            }
        );

    private static IssuerOptions? Read(
        string name,
        SettingReader settings,
        ConnectionHost host,
        string addressKey,
        IReadOnlyList<string> audiences
    )
    {
        const string example = "https://login.example.com";
        var url = settings.RequiredText(
            addressKey,
            $"write {addressKey}: \"{example}\", exactly as the tokens' iss says it"
        );
        var algorithms = settings.Texts("algorithms");
        var lifetime = ReadLifetime(settings);
        var skew = settings.Number("clock_skew", 0, (long)TrustedIssuer.LargestSkew.TotalSeconds);
        var ca = settings.CaFile("ca", host);
        var keyHosts = ReadHosts(settings);
        if (url is null || settings.HasProblems)
            return null;
        // The address rule of every connection holds for issuers too; the slash at the end is the issuer's own business.
        var address = OutboundUrl.Read(url);
        if (address.Failed(out var wrong))
        {
            settings.Refuse(addressKey, wrong.Message, $"write an address like {example}");
            return null;
        }
        var issuer = TrustedIssuer.Create(
            url,
            settings.Find("algorithms") is null ? null : algorithms,
            audiences,
            lifetime,
            skew is { } seconds ? TimeSpan.FromSeconds(seconds) : null
        );
        if (!issuer.Failed(out var problem))
            return new IssuerOptions
            {
                Subject = $"issuer '{name}'",
                Issuer = issuer.Value,
                CaFile = ca,
                KeyHosts = keyHosts,
            };
        settings.Refuse("", $"is refused: {problem.Message}", "correct it");
        return null;
    }

    private static TimeSpan? ReadLifetime(SettingReader settings)
    {
        const string key = "max_lifetime";
        const string remedy = "write minutes, hours or days, e.g. 90m, 25h or 1d; at most 7d";
        if (settings.Find(key) is null || settings.RequiredText(key, remedy) is not { } text)
            return null;
        if (Duration().IsMatch(text))
        {
            var count = int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture);
            var time = text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                _ => TimeSpan.FromDays(count),
            };
            if (time > TimeSpan.Zero && time <= TrustedIssuer.LongestLifetime)
                return time;
        }
        settings.Refuse(key, $"'{text}' is no time that is accepted", remedy);
        return null;
    }

    private static List<string> ReadHosts(SettingReader settings)
    {
        const string key = "jwks_hosts";
        List<string> hosts = [];
        foreach (var text in settings.Texts(key))
            if (
                OutboundUrl.Read($"https://{text}") is var read
                && !read.Failed(out _)
                && read.Value.AbsolutePath == "/"
            )
                hosts.Add(read.Value.Authority);
            else
                settings.Refuse(key, $"'{text}' is no host", "write hosts, e.g. [www.googleapis.com]");
        return hosts;
    }

    [GeneratedRegex("^[0-9]{1,5}[mhd]\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Duration();
}
