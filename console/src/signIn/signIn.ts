/** Trades a key for the page's cookie; what is wrong, if anything. */
export async function signIn(key: string): Promise<string | undefined> {
  try {
    const response = await fetch('/v1/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    if (response.ok) return undefined;
    return response.status === 401 ? 'The server does not know this key, or it has expired.' : 'The server refused.';
  } catch {
    return 'The server can not be reached.';
  }
}
