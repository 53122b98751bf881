using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Hooks;

/// <summary>Turns fields of a payload into our types; a problem names the field (THREATS T14).</summary>
internal static class HookFields
{
    private const int MaxTitle = 1000;

    public static Problem Bad(string field, string why) => Problem.Invalid($"the payload's '{field}' {why}");

    public static Problem Missing(string field) => Bad(field, "is missing");

    /// <summary>Null when the forge names nobody, or nobody complete.</summary>
    public static ForgeAccount? Account(HookAccount? account) =>
        account is { Id: { } id } && (Filled(account.Login) ?? Filled(account.Username)) is { } login
            ? new ForgeAccount(id, login)
            : null;

    public static string Title(string title) => title.Length <= MaxTitle ? title : title[..MaxTitle];

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
