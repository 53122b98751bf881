using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges;

/// <summary>One browser of the Gogs pages; signing in makes the form token worthless and a new one due.</summary>
internal sealed class WebSession
{
    public string Id { get; } = NewToken();

    public string FormToken { get; private set; } = NewToken();

    public ForgeUser? User { get; private set; }

    public void SignIn(ForgeUser user)
    {
        User = user;
        FormToken = NewToken();
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

/// <summary>Sessions by the i_like_gogs cookie.</summary>
internal sealed class WebSessions
{
    private readonly Dictionary<string, WebSession> _sessions = new(StringComparer.Ordinal);

    public WebSession Of(HttpContext context)
    {
        lock (_sessions)
        {
            if (_sessions.TryGetValue(context.Request.Cookies["i_like_gogs"] ?? "", out var known))
            {
                return known;
            }

            var session = new WebSession();
            _sessions.Add(session.Id, session);
            context.Response.Headers.Append("Set-Cookie", $"i_like_gogs={session.Id}; Path=/; HttpOnly");
            return session;
        }
    }
}
