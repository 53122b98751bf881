using System.Globalization;
using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>A person's own account as they read it in a terminal (THREATS T76).</summary>
internal static class AccountText
{
    public static string Show(AccountRecord account)
    {
        var text = new StringBuilder().AppendLine(
            CultureInfo.InvariantCulture,
            $"{Clean(account.Name)} ({account.Uid})"
        );
        foreach (var role in account.Roles)
            text.AppendLine(CultureInfo.InvariantCulture, $"role     {Clean(role)}");
        foreach (var linked in account.Accounts)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"account  {Name(linked)}, number {linked.Account}, by {Clean(linked.Proof)} since {Time(linked.At)}"
            );
        if (account.Accounts.Count == 0)
            foreach (var forge in account.Forges)
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"no account at {Clean(forge.Forge)}; link yours with: bascule account link {Clean(forge.Forge)}"
                );
        return text.ToString().TrimEnd();
    }

    public static string Code(LinkCodeRecord made) =>
        $"""
            Write this as a comment, with your account at {Clean(
                made.Url.AbsoluteUri
            )}, on any issue in a repository that Bascule is connected to, and nothing else in it:

              {Clean(made.Code)}

            Then, before {Time(made.Until)} UTC: bascule account link {Clean(made.Forge)} --proof ADDRESS_OF_THE_ISSUE
            """;

    public static string Linked(LinkedAccountRecord linked) =>
        $"{Name(linked)} (number {linked.Account}) is linked to you; if that is not yours: bascule account unlink {Clean(linked.Forge)} --account {linked.Account}";

    public static string Unlinked(LinkedAccountRecord linked) =>
        $"{Name(linked)} (number {linked.Account}) is not linked any more";

    private static string Name(LinkedAccountRecord linked) => $"{Clean(linked.Forge)}:{Clean(linked.Login)}";

    private static string Clean(string text) => PlainText.Line(text, 500);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
