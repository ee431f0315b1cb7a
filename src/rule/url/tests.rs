//! The rule as a whole: what becomes of a URL in its file.

use crate::document::Document;
use crate::finding::Finding;
use crate::rule::{Options, RuleSet, Scratch, load};

fn findings(path: &str, text: &str) -> Vec<Finding> {
    let rules = load::builtin()
        .into_iter()
        .filter(|r| r.id.as_str() == "plain-http-api")
        .collect();
    let document = Document::new(path.into(), text.as_bytes().to_vec());
    RuleSet::new(rules, Options::default())
        .scan(&mut Scratch::default(), &document)
        .findings
}

#[test]
fn evidence_decides_the_level() {
    use crate::finding::Severity::{Error, Note, Warning};
    let cases = [
        (
            "a.xaml",
            "<HyperlinkButton NavigateUri=\"http://vendor.io/api/json\" Style=\"x\">JSON</HyperlinkButton>",
            None,
        ),
        (
            "a.tmpl",
            "<a href=\"https://vendor.io\" onclick=\"go()\">http://vendor.io/settings/api</a>",
            None,
        ),
        (
            "a.h",
            "#define ART_PROPERTY_URL \"http://vendor.io/data/1.0#artUrl\"",
            Some(Note),
        ),
        (
            "a.js",
            "props.getProperty(\"http://vendor.io/data/1.0#artUrl\")",
            Some(Note),
        ),
        (
            "a.js",
            "data.url = \"http://vendor.io/music/\" + name;",
            Some(Note),
        ),
        (
            "a.js",
            "data_url = \"http://vendor.io/music/\" + name;",
            Some(Warning),
        ),
        (
            "a.js",
            "pref(\"extensions.getMoreThemesURL\", \"http://addons.vendor.io/\");",
            None,
        ),
        (
            "a.js",
            "pref(\"extensions.themesApiURL\", \"http://addons.vendor.io/\");",
            Some(Warning),
        ),
        (
            "a.java",
            "String AUTHORIZATION_URL = \"http://vendor.io/users/api-token/auth.php\";",
            Some(Note),
        ),
        (
            "a.java",
            "String AUTHORIZATION_SERVER_URL = \"http://vendor.io/users/api-token/auth.php\";",
            Some(Warning),
        ),
        (
            "a.java",
            "URI uri = new URI(\"http://www.any_domain_name.org/api/v1\");",
            None,
        ),
        (
            "a.h",
            "#define WEB_REMOTE_DOMAIN \"http://vendor.io\"",
            Some(Note),
        ),
        (
            "a.h",
            "#define WEB_REMOTE_SERVER \"http://vendor.io\"",
            Some(Warning),
        ),
        (
            "lib/buffer/.travis.yml",
            "script:\n  - wget http://downloads.vendor.io/tool-1.0.tar.xz",
            Some(Note),
        ),
        (
            ".travis.yml",
            "script:\n  - wget http://downloads.vendor.io/tool-1.0.tar.xz",
            Some(Warning),
        ),
        (
            "a.pl",
            "%IRSSI = (\n  authors => 'A. Nyone',\n  name => 'dict',\n  license => 'GPLv2',\n  url => 'http://vendor.io/scripts/',\n);\nLWP::UserAgent->new->get($IRSSI{url});",
            Some(Note),
        ),
        (
            "a.coffee",
            "msg.send \"http://vendor.io/cats/\" + status",
            None,
        ),
        (
            "a.coffee",
            "client.send \"http://vendor.io/cats/\" + status",
            Some(Warning),
        ),
        (
            "a.repo",
            "[debug]\nbaseurl=http://vendor.io/api/7/\nenabled=0\n[main]",
            Some(Note),
        ),
        (
            "a.repo",
            "[debug]\nbaseurl=http://vendor.io/api/7/\nenabled=1\n[main]",
            Some(Warning),
        ),
        (
            "a.py",
            "url = 'http://rss.vendor.io/' + settings.API_KEY + '/feed'",
            Some(Error),
        ),
        (
            "a.py",
            "url = 'http://rss.vendor.io/' + entry.key + '/feed'",
            Some(Warning),
        ),
        (
            "a.php",
            "<?php $api = 'http://data.vendor.io/urls?site=' . $site . '&token=' . $token;",
            Some(Error),
        ),
        (
            "a.php",
            "<?php $api = 'http://data.vendor.io/urls?site=' . $site . '&page=' . $token;",
            Some(Warning),
        ),
        (
            "a.repo",
            "[main]\nbaseurl=http://vendor.io/api/7/\ngpgcheck=1\ngpgkey=file:///etc/pki/vendor",
            Some(Note),
        ),
        (
            "a.repo",
            "[main]\nbaseurl=http://vendor.io/api/7/\ngpgcheck=0\n",
            Some(Warning),
        ),
        (
            "a.pl",
            "%S = (\n  a => { name => 'A',\n    active => 1,\n    url => 'http://a.vendor.io/api?q=',\n    fail => 'x' },\n  b => { name => 'B',\n    active => 0 },\n);",
            Some(Warning),
        ),
        (
            "a.m",
            "#if TARGET_IPHONE_SIMULATOR\n#define API_URL @\"http://vendor.io/api/v1\"\n#else",
            Some(Note),
        ),
        (
            "a.m",
            "#if TARGET_IPHONE_SIMULATOR\n#else\n#define API_URL @\"http://vendor.io/api/v1\"\n#endif",
            Some(Warning),
        ),
        (
            "a.py",
            "#if DEBUG\nAPI_URL = \"http://vendor.io/api/v1\"",
            Some(Warning),
        ),
        (
            "A.java",
            "if (BuildConfig.DEBUG) {\n    client.get(\"http://vendor.io/api/v1\");\n}",
            Some(Note),
        ),
        (
            "A.java",
            "if (!BuildConfig.DEBUG) {\n    client.get(\"http://vendor.io/api/v1\");\n}",
            Some(Warning),
        ),
        (
            "a.php",
            "<?php $q = 'INSERT INTO gateways VALUES (1, \\'http://vendor.io/api/v1\\')';",
            Some(Note),
        ),
        (
            "a.go",
            "xml := fmt.Sprintf(`<?xml ?><msg cover=\"%s\" url=\"http://vendor.io/api/app\" action=\"app\">`, x)",
            Some(Note),
        ),
        (
            "a.java",
            "builder.apiSecret(secret).callback(\"http://open.vendor.io\").build();",
            None,
        ),
        (
            "a.cs",
            "new Entry(\"Weather\", WeatherAPI.Open, \"http://www.vendor.io\", \"https://home.vendor.io/x\")",
            Some(Note),
        ),
        (
            "a.php",
            "define(Config::API_URL, 'http://www.vendor.io/all');",
            Some(Warning),
        ),
        (
            "a.py",
            "import requests\nBASE_URL = 'http://query.vendor.io/yql'\nr = requests.get(BASE_URL)",
            Some(Warning),
        ),
        (
            "a.py",
            "import requests\nENV = 'http://tables.vendor.io/all.env'\nr = requests.get(url, params={'q': q, 'env': ENV})",
            Some(Note),
        ),
        (
            "a.php",
            "return [\"url\" => \"http://ws3.vendor.io/\" . $size . \"/\" . $pid . \".jpg\"];",
            Some(Note),
        ),
        (
            "a.py",
            "base_url = [\n    'http://www.vendor.io/',\n    'https://m.vendor.io/',\n    'https://www.vendor.io/',\n]",
            Some(Note),
        ),
        (
            "a.patch",
            "+++ a.py\n fetch(\"http://vendor.io/api/v1\")",
            None,
        ),
        (
            "Reject.list",
            "URL-REGEX,http://vendor.io/x/v2/report",
            None,
        ),
        ("a.conf", "network_check_url=http://vendor.io/", None),
        ("a.conf", "network_api_url=http://vendor.io/", Some(Warning)),
        (
            "a.py",
            "x = t[\n    'http://vendor.io/rels/v1/template'].replace('a', 'b')",
            None,
        ),
        (
            "a.py",
            "import web\nquery_url = 'http://vendor.io/input/?i={}'\ndef f(t):\n    return web.try_shorten(query_url.format(t))",
            Some(Note),
        ),
        (
            "a.pl",
            "$serviceURL = 'http://vendor.io/logos/'.$type.'-400x400.png';",
            Some(Note),
        ),
        (
            "a.template",
            "<ul><code>wget http://vendor.io/tool-1.0.tar.gz</code></ul>",
            Some(Note),
        ),
        (
            "a.java",
            "new ApiInfoBuilder().termsOfService(\"http://vendor.io\").build()",
            None,
        ),
        (
            "a.java.bak",
            "fetch(\"http://vendor.io/api/v1\")",
            Some(Note),
        ),
        (
            "a.cs",
            "aAddr.HRef = \"http://api.vendor.io/marker?x=\" + x;",
            None,
        ),
        (
            "a.cs",
            "const string API_URL = \"http://Noise.LibraryService/api\";",
            None,
        ),
        (
            "a.lua",
            "local res, code = https.request(\"http://vendor.io/info.0.json\")",
            Some(Note),
        ),
        (
            "a.lua",
            "local res, code = http.request(\"http://vendor.io/info.0.json\")",
            Some(Warning),
        ),
        (
            "a.py",
            "url_api = ['https://tracker.vendor.io/', 'http://tracker.vendor.io/']",
            Some(Note),
        ),
        (
            "a.py",
            "url_api = ['https://tracker.other.io/', 'http://tracker.vendor.io/v1/']",
            Some(Warning),
        ),
        (
            "a.cpp",
            "const char* S::kAlbumInfoUrl = \"http://vendor.io/album/%1\";\nvoid f() {\n  QDesktopServices::openUrl(QUrl(QString(kAlbumInfoUrl).arg(id)));\n}",
            Some(Note),
        ),
        (
            "a.cpp",
            "const char* S::kAlbumInfoUrl = \"http://vendor.io/album/%1\";\nvoid f() {\n  QDesktopServices::openUrl(QUrl(QString(kAlbumInfoUrl).arg(id)));\n  nam.get(QUrl(QString(kAlbumInfoUrl).arg(id)));\n}",
            Some(Warning),
        ),
        (
            "a.php",
            "static $api_url = 'http://vendor.io/api/{project}';\nfunction f() { return fetch(str_replace('{project}', $p, self::$api_url)); }",
            Some(Warning),
        ),
        (
            "PayHandler.java",
            "@Service\nclass PayHandler {\n    public static void main(String[] args) {\n        post(\"http://vendor.io/api/pay\", req);\n    }\n}",
            Some(Note),
        ),
        (
            "PayHandler.java",
            "@Service\nclass PayHandler {\n    public static void main(String[] args) {\n    }\n    void pay() {\n        post(\"http://vendor.io/api/pay\", req);\n    }\n}",
            Some(Warning),
        ),
        (
            "Main.java",
            "class Main {\n    public static void main(String[] args) {\n        post(\"http://vendor.io/api/pay\", req);\n    }\n}",
            Some(Warning),
        ),
        (
            "a.js",
            "function() { return { infourl: 'http://www.vendor.com/wiki.php/Plugin:bbcode' } }",
            Some(Note),
        ),
        (
            "a.js",
            "this.apiServer = (isHTTPS) ? \"https://vendor.io\" : \"http://vendor.io\";",
            Some(Note),
        ),
        (
            "a.js",
            "this.apiServer = plain ? 'http://vendor.io' : 'https://vendor.io';",
            Some(Note),
        ),
        (
            "a.js",
            "fetch(cfg?.x, 'http://vendor.io/api/v1', 'https://vendor.io/api/v1')",
            Some(Warning),
        ),
        (
            "a.js",
            "const u = base ?? 'http://vendor.io/api/v1', v = 'https://vendor.io/api/v1';\nfetch(u)",
            Some(Warning),
        ),
        (
            "a.js",
            "const realTimeServer = 'http://push.vendor.io/v1/events';\nfetch(realTimeServer)",
            Some(Warning),
        ),
        (
            "a.sh",
            "HASH_SALT=2ee57b1b03c74fd5766e741c3812028efc73bc0e0bf93a6e7ff20eb4701f3ee3\ncurl -O http://vendor.io/tool-2.3.tar.xz",
            Some(Warning),
        ),
        (
            "a.yaml",
            "- url: http://vendor.io/tool-2.3.tar.xz\n  sha256: path/to/some/long/directory/with/the/checksums_2",
            Some(Warning),
        ),
        (
            "a.js",
            "this.apiServer = beta ? 'https://beta.vendor.io' : 'http://vendor.io';",
            Some(Warning),
        ),
        (
            "a.js",
            "browser.load('http://vendor.io/gallery/7');",
            Some(Note),
        ),
        (
            "a.js",
            "browser.load('http://vendor.io/api/v1/users');",
            Some(Warning),
        ),
        // The record names a method, before the address or after it.
        (
            "a.js",
            "return {\n  method: 'GET',\n  url: 'http://vendor.io/search',\n  body: {}\n}",
            Some(Warning),
        ),
        (
            "a.php",
            "<?php\n$a = [\n  'url' => 'http://vendor.io/search',\n  'method' => 'POST',\n];",
            Some(Warning),
        ),
        (
            "a.js",
            "f({ method: 'GET', x: { url: 'http://vendor.io/search' } })",
            Some(Note),
        ),
        // A header, whatever its name.
        (
            "a.js",
            "f(url, { headers: { Refere: 'http://vendor.io/' } })",
            None,
        ),
        // Loops over an answer.
        (
            "a.py",
            "for i in get_html('http://vendor.io/f?id=%s' % v):\n    pass",
            Some(Warning),
        ),
        (
            "a.py",
            "if 'http://vendor.io/f' in line:\n    pass",
            Some(Note),
        ),
        ("a.py", "if x in 'http://vendor.io/f':\n    pass", None),
        // Names followed: to another name, through a map, upwards from a constant.
        (
            "a.py",
            "old = 'http://vendor.io/m.php?p=%s'\ndef f():\n    address = old % page\n    data = get_html(address)",
            Some(Warning),
        ),
        (
            "a.py",
            "urls = {\n  'detail': 'http://vendor.io/%s',\n  'search': 'https://vendor.io/%s',\n}\nd = get_html(urls['detail'] % i)",
            Some(Warning),
        ),
        (
            "a.py",
            "urls = {\n  'detail': 'http://vendor.io/%s',\n  'search': 'https://vendor.io/%s',\n}\nd = get_html(urls['search'] % i)",
            Some(Note),
        ),
        (
            "a.py",
            "video = 'http://vendor.io/m?id=%s'\nd = get_html(video % i)",
            Some(Warning),
        ),
        (
            "A.kt",
            "class A {\n  fun f() = client.get(LISTING)\n  companion object {\n    const val LISTING = \"http://vendor.io\"\n  }\n}",
            Some(Warning),
        ),
        (
            "a.py",
            "sites = {\n  'a': 'http://vendor.io/raw/{}',\n}\nfor p in found:\n    address = sites[p].format(i)\n    get_html(address)",
            Some(Warning),
        ),
        (
            "a.py",
            "redirect_url = 'http://vendor.io/x'\nrequests.get(redirect_url)",
            None,
        ),
        // Where the code that sends requests begins.
        (
            "a.py",
            "import requests\nclass A:\n    def __init__(self):\n        self.url = 'http://vendor.io'",
            Some(Warning),
        ),
        (
            "a.py",
            "class A:\n    def __init__(self):\n        self.url = 'http://vendor.io'",
            Some(Note),
        ),
        (
            "a.py",
            "import requests\nurl = 'http://vendor.io/item/' + item",
            Some(Note),
        ),
        (
            "a.py",
            "import requests\nurl = 'http://vendor.io' + href",
            Some(Warning),
        ),
        (
            "a.py",
            "import requests\nx = {'url': 'http://vendor.io'}",
            Some(Note),
        ),
        (
            "a.py",
            "import requests\nx = {'url': 'http://vendor.io/list.html'}",
            Some(Note),
        ),
        ("a.py", "x = {'url': 'http://vendor.io/list.html'}", None),
        (
            "A.java",
            "private final static String URL = \"http://vendor.io/quote-%s\";",
            Some(Warning),
        ),
        // R assigns with an arrow.
        (
            "a.R",
            "rates_base <- function() \"http://vendor.io\"",
            Some(Warning),
        ),
        ("a.R", "homepage <- \"http://vendor.io/a\"", None),
        (
            "a.R",
            "LISTED <- \"http://vendor.io/SymDir/listed.txt\"\ndownload.file(LISTED, destfile=tmp)",
            Some(Warning),
        ),
        // A program's home page, by what is said of the program beside it; the site that a plug-in reads.
        (
            "A.php",
            "<?php\nclass A {\n  const NAME = 'A';\n  const VERSION = '1';\n  const URL = 'http://vendor.io';\n  const LINKBACK = self::URL;\n  function f() { curl_exec($c); }\n}",
            Some(Note),
        ),
        (
            "A.php",
            "<?php\nclass A {\n  const NAME = 'A';\n  const VERSION = '1';\n  const URL = 'http://vendor.io';\n  function f() { curl_exec($c); }\n}",
            Some(Warning),
        ),
        // What comes from there is checked against a hash, of that record.
        (
            "a.yaml",
            "- url: http://vendor.io/tool-2.3.tar.xz\n  sha256: 2ee57b1b03c74fd5766e741c3812028efc73bc0e0bf93a6e7ff20eb4701f3ee3",
            Some(Note),
        ),
        (
            "a.yaml",
            "- url: http://vendor.io/tool-2.3.tar.xz\n\n- sha256: 2ee57b1b03c74fd5766e741c3812028efc73bc0e0bf93a6e7ff20eb4701f3ee3",
            Some(Warning),
        ),
        (
            "a.yaml",
            "- url: http://vendor.io/tool-2.3.tar.xz\n  sha256: none",
            Some(Warning),
        ),
        // A page by its ending that answers in a format.
        (
            "a.rb",
            "x = 'http://api.vendor.io/api/api.htm?v=1&format=json'",
            Some(Warning),
        ),
        ("a.rb", "x = 'http://api.vendor.io/api/api.htm?v=1'", None),
        (
            "a.js",
            "xml('query', 'http://vendor.io/protocol/muc')",
            None,
        ),
        // Settings that default to it.
        (
            "a.py",
            "server = settings.get_option(\n  'app/url', 'http://post.vendor.io/')",
            Some(Warning),
        ),
        (
            "a.py",
            "x = settings.get_option('app/logo', 'http://post.vendor.io/')",
            Some(Note),
        ),
        (
            "a.cpp",
            "QNetworkRequest request(QUrl(\"http://vendor.io/latest.php?v=\"));",
            Some(Warning),
        ),
        (
            "a.cpp",
            "QLabel label(QUrl(\"http://vendor.io/latest.php?v=\"));",
            None,
        ),
        // Lists of feeds, whatever the feeds are of.
        (
            "a.py",
            "feeds = {'news': 'http://vendor.io/rss/2/news.xml'}",
            Some(Warning),
        ),
        ("a.py", "x = {'news': 'http://vendor.io/2/news'}", None),
        // Commands in variables and helpers.
        (
            "a.sh",
            "org=\"$(${ip_check_cmd} http://vendor.io/org)\"",
            Some(Warning),
        ),
        (
            "a.sh",
            "httpGet \"http://vendor.io/line?q=$1\"",
            Some(Warning),
        ),
        ("a.sh", "echo \"$msg http://vendor.io/org\"", None),
        (
            "a.mk",
            "all:\n\t$(WGET) -q -O- 'http://vendor.io/files/'",
            Some(Warning),
        ),
        (
            "a.mk",
            "$(PKG)_URL := http://vendor.io/files/$($(PKG)_FILE)",
            Some(Warning),
        ),
        ("a.mk", "$(PKG)_WEBSITE := http://vendor.io/files/x", None),
        (
            "a.sh",
            "rpm -ivh http://vendor.io/a-1.0.noarch.rpm",
            Some(Warning),
        ),
        (
            "A.pm",
            "my $smsurl = 'http://vendor.io/s.pl';\nmy $r = POST $smsurl, [a => 1];",
            Some(Warning),
        ),
        (
            "A.pm",
            "my $smsurl = 'http://vendor.io/s.pl';\n# post smsurl",
            Some(Note),
        ),
        (
            "A.java",
            "spec.setHost(\"http://vendor.io\");",
            Some(Warning),
        ),
        (
            "A.java",
            "spec.setPlainTextUri(\"http://vendor.io\");",
            Some(Note),
        ),
        ("A.java", "spec.setText(\"http://vendor.io\");", None),
        (
            "a.py",
            "API_URL = 'http://www.kanal{0}play.se/getVideo?id={1}'",
            Some(Warning),
        ),
        (
            "a.py",
            "API_URL = 'http://www.{0}.se/getVideo?id={1}'",
            None,
        ),
        (
            "a.xml",
            "<tv generator-info-url=\"http://vendor.io/\"/>",
            None,
        ),
        (
            "a.pl",
            "%p = (trackback => 'http://vendor.io/public/rss/module/trackback/');",
            None,
        ),
        // A job named for tests runs its commands; an example does not.
        (
            ".github/workflows/ci.yml",
            "jobs:\n  build_and_test:\n    steps:\n    - run: |\n        wget http://vendor.io/a.deb",
            Some(Warning),
        ),
        // Archives are fetched.
        (
            "a.lua",
            "d = { url = \"http://vendor.io/download/d.tar.gz\" }",
            Some(Warning),
        ),
        (
            "a.lua",
            "d = { homepage = \"http://vendor.io/d.tar.gz\" }",
            None,
        ),
        (
            "a.lua",
            "d = { url = \"http://vendor.io/download/d\" }",
            None,
        ),
        // The pieces of a concatenation make one address.
        (
            "A.java",
            "String a(String id) {\n  return \"http://vendor.io/g/\" + id + \"/hit.json\";\n}",
            Some(Warning),
        ),
        (
            "A.java",
            "String a(String id) {\n  return \"http://vendor.io/g/\" + id + \"/hit\";\n}",
            Some(Note),
        ),
        // Hosts that people read answer programs as well.
        (
            "a.py",
            "requests.get('http://www.reddit.com/r/%s/new.json' % s)",
            Some(Warning),
        ),
        (
            "a.py",
            "requests.get('http://www.reddit.com/r/%s' % s)",
            Some(Note),
        ),
        // Text of a page in a template.
        (
            "a.php",
            "<p><u>http://vendor.io/v2/music/song</u></p>\n<?php f();",
            None,
        ),
        (
            "a.html",
            "<p>then</p><code>sso.auth-url=http://vendor.io:9000/auth</code>",
            None,
        ),
        (
            "a.html",
            "<script>fetch('http://vendor.io/auth')</script>",
            Some(Warning),
        ),
        (
            "a.html",
            "<pre>curl -s http://vendor.io/a.repo | tee b</pre>",
            Some(Note),
        ),
        (
            "a.java",
            "new Driver(\"P5\", \"Vendor Server\", \"com.vendor.Driver\", \"http://vendor.io/products\")",
            None,
        ),
        (
            "a.cpp",
            "hash_set(namespaces, \"http://vendor.io/api/\", KEY, prefix);",
            None,
        ),
        (
            "a.java",
            "String url = \"http://images.vendor.io\" + names[i]; client.add(url);",
            Some(Note),
        ),
        (
            "a.py",
            "urllib.urlopen('http://images.vendor.io/list.json')",
            Some(Warning),
        ),
        (
            "a.json",
            "{\"description\": \"If not set, there is none. For instance, a server URL could be \\\"http://vendor.io/api\\\".\"}",
            None,
        ),
        (
            "Dockerfile",
            "RUN echo 'http://mirror.vendor.io/v3.6/main' >> /etc/apk/repositories",
            Some(Note),
        ),
        (
            "a.js",
            "window.location = 'http://vendor.io/api/login';",
            None,
        ),
        (
            "a.py",
            "items = collection.find({\"url\": \"http://vendor.io/api/t\", \"done\": None})",
            None,
        ),
        (
            "a.js",
            "var host = isHttps ? 'https://s.vendor.io/api/' : 'http://vendor.io/api/';",
            Some(Note),
        ),
        (
            "a.js",
            "var val = 'http://vendor.io/api/?a=1';\nif (b)\n val = 'x';\nwindow.open(val);",
            Some(Note),
        ),
        (
            "a.php",
            "<?php $pg_url = 'http://vendor.io/api/pay'; ?>\n<a href=\"<?php echo $pg_url; ?>\">pay</a>",
            Some(Note),
        ),
        (
            "a.java",
            "static final String TUNE_API = \"http://vendor.io/Tune.ashx\";\nif (uri.contains(TUNE_API)) {}",
            Some(Note),
        ),
        (
            "a.properties",
            "server-host=http://6e6935a2.ngrok.io",
            Some(Note),
        ),
        (
            "a.php",
            "$n = array('a' => 'http://www.w3.org/1/',\n 'lj' => 'http://vendor.io/rss/lj/1.0/',\n 'p' => 'http://purl.org/b/');",
            Some(Note),
        ),
        ("ca-bundle.crt", "Base Url: http://vendor.io/api/", None),
        (
            "a.php",
            "if (strstr($item['path'], 'http://api.vendor.io/v1')) {}",
            None,
        ),
        (
            "a.java",
            "/* renamed from: com.vendor.a */\nString f = b.m1(\"http://api.vendor.io/fb.do\", map);",
            Some(Note),
        ),
        // Filled in by a program: worth a note in data.
        (
            "a.xml",
            "<provider url=\"http://vendor.io/{title}.html\"/>",
            Some(Note),
        ),
    ];
    let mut wrong = Vec::new();
    for (path, text, expected) in cases {
        let found: Vec<_> = findings(path, text).iter().map(|f| f.severity).collect();
        if found != Vec::from_iter(expected) {
            wrong.push(format!("{path}: {text}\n{found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_credential_is_named_and_never_quoted() {
    let text = "get('http://robot:s7Kq9fLw2@vendor.io/?token=b1946ac92492d2347c62&q=1')";
    let found = findings("a.py", text);
    assert_eq!(found.len(), 1);
    let shown = format!("{:?}", found[0]);
    assert!(
        !shown.contains("s7Kq9fLw2") && !shown.contains("b1946ac9"),
        "{shown}"
    );
    assert!(shown.contains("q=1"), "{shown}");
}
