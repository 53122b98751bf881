using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>How Bascule logs in.</summary>
internal abstract record AirflowAccount
{
    private AirflowAccount() { }

    /// <summary>A token of the run, signed by Bascule, that Airflow checks with <c>[api_auth] trusted_jwks_url</c>. Airflow 3 only; no secret is kept.</summary>
    /// <param name="Audience">One of <c>[api_auth] jwt_audience</c>.</param>
    public sealed record Signed(string Audience) : AirflowAccount;

    /// <summary>A user of Airflow's own: changed into a token at <c>/auth/token</c> by Airflow 3, sent with every call to Airflow 2.</summary>
    public sealed record Password(string User, Secret Word) : AirflowAccount;

    /// <summary>The block <c>login:</c>; null when something is wrong.</summary>
    public static AirflowAccount? Read(SettingReader settings, ConnectionHost host, bool isOld)
    {
        const string remedy =
            "write login: { signed: { audience: <one of Airflow's jwt_audience> } }, or login: { user: <name>, password: <where it is> }";
        if (settings.Find("login") is null)
            settings.Refuse("login", "is missing", remedy);
        if (settings.Map("login") is not { } login)
            return null;
        AirflowAccount? account = login.Find("signed") is null ? ReadPassword(login, host) : ReadSigned(login, isOld);
        login.RefuseOthers();
        return account;
    }

    private static Signed? ReadSigned(SettingReader login, bool isOld)
    {
        if (isOld)
            login.Refuse("signed", "is of Airflow 3: Airflow 2 checks no tokens", "write user: and password:");
        var signed = login.Map("signed");
        var audience = signed?.RequiredText("audience", "write one of Airflow's [api_auth] jwt_audience");
        signed?.RefuseOthers();
        return audience is null ? null : new Signed(audience);
    }

    private static Password? ReadPassword(SettingReader login, ConnectionHost host)
    {
        var user = login.RequiredText("user", "write the name of a user of Airflow");
        // RFC 7617: what is before the first colon is the name.
        if (user?.Contains(':', StringComparison.Ordinal) == true)
            login.Refuse("user", "has a colon", "use a user whose name has none");
        var word = login.RequiredSecret("password", host);
        return user is null || word is null ? null : new Password(user, word);
    }
}
