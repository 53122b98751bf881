using Bascule.Core;
using Bascule.Core.Installation;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class IssuerChanges
{
    public static Problem? Confirm(WriteSession session, ConfirmIssuer confirm)
    {
        var row = new
        {
            confirm.Url,
            confirm.By,
            At = confirm.At.ToUnixTimeMilliseconds(),
        };
        if (
            session.Execute(
                "UPDATE issuer SET confirmed_at = @At, confirmed_by = @By WHERE url = @Url AND confirmed_at IS NULL",
                row
            ) == 1
        )
            return null;
        return session.Find<string>("SELECT url FROM issuer WHERE url = @Url", row) is null
            ? Problem.NotFound($"no settings named the issuer '{confirm.Url}'; see: bascule issuer list")
            : Problem.Conflict($"the issuer {confirm.Url} is confirmed already");
    }
}
