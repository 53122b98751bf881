using System.Globalization;
using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>People, roles and decisions as people read them in a terminal (THREATS T76).</summary>
internal static class PeopleText
{
    public static string List(PersonList list) =>
        list.People.Count == 0 ? "Nobody has signed in yet." : string.Join('\n', list.People.Select(Line));

    public static string Explain(ExplanationRecord explained)
    {
        var text = new StringBuilder()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"{(explained.Allowed ? "allowed" : "denied")}      {explained.Act}"
            )
            .AppendLine(CultureInfo.InvariantCulture, $"rule         {Clean(explained.Rule)}")
            .AppendLine(CultureInfo.InvariantCulture, $"reason       {Clean(explained.Reason)}");
        foreach (var claim in explained.Claims)
            text.AppendLine(CultureInfo.InvariantCulture, $"claim        {Clean(claim)}");
        foreach (var role in explained.Roles)
            text.AppendLine(CultureInfo.InvariantCulture, $"holds        {Clean(role)}");
        foreach (var rule in explained.WouldAllow)
            text.AppendLine(CultureInfo.InvariantCulture, $"would allow  {Clean(rule)}");
        foreach (var check in explained.Checks)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{(check.Passed ? "passed" : "FAILED")}       {Clean(check.Rule)}: {Clean(check.Fact)}"
            );
        return text.ToString().TrimEnd();
    }

    public static string Retired(RetiredRecord retired)
    {
        var left = retired.Ended.Where(one => one.Left > 0).Select(one => $"{one.Left} {one.What}").ToList();
        return retired.Confirmed
            ? $"{retired.Person} is retired since {Time(retired.RetiredAt)}: nothing is let in for them any more"
            : $"{retired.Person} is retired since {Time(retired.RetiredAt)}, and these are left: {string.Join(", ", left)}; run it again";
    }

    public static string Held(LegalHoldRecord hold) =>
        $"{hold.Person} has a legal hold since {Time(hold.PlacedAt)}: nobody erases what is known of them";

    public static string Released(LegalHoldRecord hold) =>
        $"{hold.Person} has no legal hold any more; there was one since {Time(hold.PlacedAt)} by {Clean(hold.PlacedBy)}: {Clean(hold.Because)}";

    public static string Erased(ErasedRecord erased) =>
        erased.Again
            ? $"{erased.Person} was erased on {Time(erased.ErasedAt)} already; nothing was left to do"
            : $"{erased.Person} is erased: nobody can tell from here who that was. What is elsewhere: docs/operations/personal-data.md";

    public static string Issuers(IssuerList list) =>
        list.Issuers.Count == 0 ? "The settings never named an issuer." : string.Join('\n', list.Issuers.Select(Line));

    private static string Line(IssuerRecord issuer) =>
        $"{Clean(issuer.Issuer)}  {Standing(issuer)}{(issuer.Configured ? "" : "; not in the settings any more")}";

    private static string Standing(IssuerRecord issuer) =>
        issuer switch
        {
            { ConfirmedAt: null } =>
                $"new since {Time(issuer.FirstSeenAt)}, WAITS: bascule issuer confirm {Clean(issuer.Issuer)}",
            { ConfirmedBy: null } => $"there since {Time(issuer.FirstSeenAt)}",
            _ => $"confirmed {Time(issuer.ConfirmedAt.Value)} by {Clean(issuer.ConfirmedBy)}",
        };

    private static string Line(PersonRecord person) =>
        $"{person.Uid}  {Time(person.LastSeenAt)}  {Word(person)}  {Who(person)}"
        + (person.LegalHold is { } hold ? $"\n    {Line(hold)}" : "")
        + string.Concat(person.Roles.Select(role => $"\n    {Clean(role)}"))
        + string.Concat(person.Accounts.Select(account => $"\n    {Clean(account)}"));

    private static string Word(PersonRecord person) =>
        person.ErasedAt is not null ? "erased "
        : person.RetiredAt is not null ? "retired"
        : "       ";

    private static string Who(PersonRecord person) =>
        person.ErasedAt is { } at
            ? $"nothing is known of them since {Time(at)}"
            : $"{Clean(person.Name)}  {Clean(person.Issuer)}#{Clean(person.Subject)}";

    private static string Line(LegalHoldRecord hold) =>
        $"legal hold since {Time(hold.PlacedAt)} by {Clean(hold.PlacedBy)}: {Clean(hold.Because)}";

    private static string Clean(string text) => PlainText.Line(text, 500);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
