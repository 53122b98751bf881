using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Exchange;

/// <summary>The parameters of a request (RFC 6749 section 3.2): each once, and one without a value counts as not there.</summary>
internal sealed class OAuthForm
{
    public const int MaxBody = 32 * 1024;
    private const string FormType = "application/x-www-form-urlencoded";
    private readonly IFormCollection _form;

    private OAuthForm(IFormCollection form) => _form = form;

    public static async Task<(OAuthForm? Form, OAuthError? Error)> ReadAsync(HttpRequest request)
    {
        if (request.ContentType?.Split(';')[0].Trim() != FormType)
            return (null, OAuthError.Invalid($"send the parameters as {FormType}"));
        // A token in an address ends in logs.
        if (request.QueryString.HasValue)
            return (null, OAuthError.Invalid("send the parameters in the body, and nothing in the address"));
        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form.Any(entry => entry.Value.Count > 1)
                ? (null, OAuthError.Invalid("a parameter stands there more than once"))
                : (new OAuthForm(form), null);
        }
        catch (Exception broken) when (broken is BadHttpRequestException or InvalidDataException)
        {
            return (null, OAuthError.Invalid($"the body is no form of at most {MaxBody} bytes"));
        }
    }

    public string? Find(string name) => (string?)_form[name] is { Length: > 0 } value ? value : null;
}
