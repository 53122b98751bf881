namespace Bascule.Server.SignIn;

/// <summary>Addresses of signing in and out. Some are registered at providers, so they do not change.</summary>
internal static class SignInRoutes
{
    public const string SignIn = "/sign-in";
    public const string SignOut = "/sign-out";
    public const string SignedOut = "/signed-out";

    public static string Begin(string provider) => $"{SignIn}/{provider}";

    /// <summary>The redirect address.</summary>
    public static string Callback(string provider) => $"{SignIn}/{provider}/callback";

    /// <summary>Where the provider posts logout tokens.</summary>
    public static string Logout(string provider) => $"{SignIn}/{provider}/logout";
}
