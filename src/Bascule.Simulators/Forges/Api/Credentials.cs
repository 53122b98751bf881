using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Who a request is from, by the forms each forge was seen to take; a wrong credential is no credential.</summary>
internal sealed class Credentials(World world, bool isGogs)
{
    /// <summary>API: token header in lower case only, query tokens; Gitea also Bearer in any case and Basic.</summary>
    public ForgeUser? ForApi(HttpRequest request)
    {
        var fromQuery = FromQuery(request);
        if (fromQuery is not null)
        {
            return fromQuery;
        }

        var parts = request.Headers.Authorization.ToString().Split(' ', 2);
        if (parts.Length != 2)
        {
            return null;
        }

        if (parts[0] == "token")
        {
            return Sudo(request, world.FindByToken(parts[1]));
        }

        if (isGogs)
        {
            return null;
        }

        return parts[0].Equals("bearer", StringComparison.OrdinalIgnoreCase)
            ? Sudo(request, world.FindByToken(parts[1]))
            : Sudo(request, FromBasic(request, withTokens: true));
    }

    /// <summary>Managing tokens takes the password itself: a token cannot make tokens.</summary>
    public ForgeUser? ByPassword(HttpRequest request) => FromBasic(request, withTokens: false);

    /// <summary>git takes Basic and nothing else.</summary>
    public ForgeUser? ForGit(HttpRequest request) => FromBasic(request, withTokens: true);

    private ForgeUser? FromBasic(HttpRequest request, bool withTokens)
    {
        if (Basic(request) is not var (name, password))
        {
            return null;
        }

        var known = world.FindByPassword(name, password);
        if (known is not null || !withTokens)
        {
            return known;
        }

        if (isGogs)
        {
            return world.FindByToken(name);
        }

        return password is "" or "x-oauth-basic" ? world.FindByToken(name) : world.FindByToken(password);
    }

    private static (string Name, string Password)? Basic(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 ? (pair[0], pair[1]) : null;
    }

    private ForgeUser? FromQuery(HttpRequest request)
    {
        var token = request.Query["token"].ToString();
        var found = token.Length > 0 ? token : request.Query["access_token"].ToString();
        return Sudo(request, world.FindByToken(found));
    }

    /// <summary>A site administrator may act as someone else on Gitea.</summary>
    private ForgeUser? Sudo(HttpRequest request, ForgeUser? user)
    {
        var header = request.Headers["Sudo"].ToString();
        var name = header.Length > 0 ? header : request.Query["sudo"].ToString();
        return user is { IsAdmin: true } && !isGogs && name.Length > 0 ? world.FindUser(name) : user;
    }
}
