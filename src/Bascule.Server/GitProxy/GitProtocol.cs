using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Which version of the protocol the client asks for.</summary>
internal static class GitProtocol
{
    public const string Header = "Git-Protocol";
    private const string Two = "version=2";

    /// <summary>What is passed on: one of three values, or nothing, which is version 0.</summary>
    public static string? Of(HttpRequest request)
    {
        var asked = request.Headers[Header].ToString();
        return asked is "version=0" or "version=1" or Two ? asked : null;
    }

    public static bool IsTwo(string? protocol) => protocol == Two;
}
