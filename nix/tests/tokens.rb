# Runs the script in ARGV[0] twice, and once more with another value, against the few classes of GitLab that it speaks to.
require "date"
require "fileutils"

class PersonalAccessToken
  ALL = []
  attr_reader :name, :scopes, :value, :user_id, :expires_at

  def initialize(user, name:, scopes:, expires_at:)
    @user_id, @name, @scopes, @expires_at, @active = user.id, name, scopes, expires_at, true
  end

  def self.find_by_token(value) = ALL.find { |token| token.value == value }
  def id = object_id
  def active? = @active
  def set_token(value) = @value = value
  def save! = ALL << self
  def revoke! = @active = false
  def destroy! = ALL.delete(self)
  def update!(expires_at:) = @expires_at = expires_at
end

class User
  ALL = {}
  attr_reader :id

  def initialize(name)
    @id = name
    ALL[name] = self
  end

  def self.find_by_username(name) = ALL[name]
  def personal_access_tokens = Tokens.new(self)
end

Tokens = Struct.new(:user) do
  def active = self
  def where(name:) = PersonalAccessToken::ALL.select { |token| token.user_id == user.id && token.name == name && token.active? }
  def build(**fields) = PersonalAccessToken.new(user, **fields)
end

def run(script)
  load(script)
  0
rescue SystemExit => e
  e.status
end

def expect(what, holds) = holds || abort(what)
def live = PersonalAccessToken::ALL.select(&:active?).map { |token| [token.user_id, token.value, token.scopes] }.sort

script = ARGV.fetch(0)
User.new("root")
$stderr.reopen(File::NULL)
expect("a user that is not there is no failure", run(script) == 1)
$stderr.reopen($stdout)
expect("one token keeps another waiting: #{live}", live == [["root", "value-of-api", ["api"]]])

User.new("argocd")
expect("it fails though all users are there", run(script) == 0)
both = [["argocd", "value-of-scm", ["read_api"]], ["root", "value-of-api", ["api"]]]
expect("the tokens are #{live}", live == both)
PersonalAccessToken::ALL.each { |token| token.update!(expires_at: Date.today) }
expect("a second run fails", run(script) == 0)
expect("a second run changes the tokens: #{live}", live == both && PersonalAccessToken::ALL.size == 2)
expect("they are not renewed", PersonalAccessToken::ALL.all? { |token| token.expires_at > Date.today + 300 })

File.write(File.join(ENV.fetch("CREDENTIALS_DIRECTORY"), "api"), "another-value\n")
expect("another value fails", run(script) == 0)
expect("the old value is still good: #{live}", live.last == ["root", "another-value", ["api"]] && live.size == 2)
