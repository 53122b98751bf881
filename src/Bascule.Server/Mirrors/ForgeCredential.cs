using System.Net.Http.Headers;
using System.Text;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>The forge's own credential as it goes onto the wire: made when a request is, kept nowhere, and written here alone (THREATS T93).</summary>
internal static class ForgeCredential
{
    public static AuthenticationHeaderValue Of(GitAccess access) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{access.UserName}:{access.Password.Reveal()}")));
}
