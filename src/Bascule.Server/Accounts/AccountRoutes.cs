namespace Bascule.Server.Accounts;

/// <summary>Addresses of a person's own account. One of them is registered at forges, so it does not change.</summary>
internal static class AccountRoutes
{
    public const string Account = "/account";

    public static string Link(string forge) => $"{Account}/links/{forge}";

    /// <summary>The redirect address.</summary>
    public static string Callback(string forge) => $"{Link(forge)}/callback";
}
